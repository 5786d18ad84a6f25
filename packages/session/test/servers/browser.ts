/** A client that keeps its session cookie, as a browser does. */
export class Browser {
  cookie: string | undefined;

  constructor(private readonly name = 'hf_sid') {}

  async request(method: string, url: string): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: this.cookie === undefined ? {} : { cookie: this.cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      if (!pair.startsWith(`${this.name}=`)) continue;
      this.cookie = attributes.some((attribute) => attribute.includes('1970')) ? undefined : pair;
    }
    return response;
  }

  get(url: string): Promise<Response> {
    return this.request('GET', url);
  }

  post(url: string): Promise<Response> {
    return this.request('POST', url);
  }

  /** Another client that carries the same cookie. */
  copy(): Browser {
    const copy = new Browser(this.name);
    copy.cookie = this.cookie;
    return copy;
  }
}

/**
 * Somebody with a browser at `url`: cookies are kept, redirects are not followed. `ask` sends JSON, or a form when the body is
 * URLSearchParams; another server of the same app may be asked by its address.
 */
export function userOf(url) {
  const cookies = new Map();
  return {
    async ask(method, path, body, server = url) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const isForm = body === undefined || body instanceof URLSearchParams;
      const answer = await fetch(`${server}${path}`, {
        method,
        redirect: 'manual',
        headers: { cookie, ...(!isForm && { 'content-type': 'application/json' }) },
        body: isForm ? body : JSON.stringify(body),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      return answer;
    },
  };
}

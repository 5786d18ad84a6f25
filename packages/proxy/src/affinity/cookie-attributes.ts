/** The settings that make up the attributes of the affinity cookie. */
export interface CookieSettings {
  readonly sameSite: 'lax' | 'strict' | 'none';
  readonly domain?: string | undefined;
  readonly path: string;
  readonly secure: boolean;
}

const sameSites = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

/** Returns the attributes of the affinity cookie, without `Max-Age`. `SameSite=None` brings `Secure` and `Partitioned` with it. */
export function cookieAttributes({ sameSite, domain, path, secure }: CookieSettings): string {
  const foreign = sameSite === 'none';
  return [
    `; Path=${path}; HttpOnly; SameSite=${sameSites[sameSite]}`,
    domain === undefined ? '' : `; Domain=${domain}`,
    secure || foreign ? '; Secure' : '',
    foreign ? '; Partitioned' : '',
  ].join('');
}

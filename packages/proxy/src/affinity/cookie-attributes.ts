/** The settings that make up the attributes of the affinity cookie. */
export interface CookieSettings {
  readonly sameSite: 'lax' | 'strict' | 'none';
  readonly domain?: string | undefined;
  readonly path: string;
  readonly secure: boolean;
}

const sameSites = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

/** The attributes of the affinity cookie but for its age. A cookie for other sites' pages has to be secure, and is partitioned. */
export function cookieAttributes({ sameSite, domain, path, secure }: CookieSettings): string {
  const foreign = sameSite === 'none';
  return [
    `; Path=${path}; HttpOnly; SameSite=${sameSites[sameSite]}`,
    domain === undefined ? '' : `; Domain=${domain}`,
    secure || foreign ? '; Secure' : '',
    foreign ? '; Partitioned' : '',
  ].join('');
}

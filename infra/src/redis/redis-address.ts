const SEVERAL = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/]*)@)?([^@/?#]+)/;

/** Whether `npm start` can use this address: one Redis, Sentinels, or a Cluster. The services read it in full. */
export function isRedisAddress(text: string): boolean {
  return SEVERAL.test(text) || (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol));
}

/**
 * The servers that an address names, each as an address of its own. Credentials are those of the Redis: Sentinels have others,
 * which are left out.
 */
export function serversOf(text: string): URL[] {
  const [, scheme, kind, credentials = '', list] = SEVERAL.exec(text) ?? [];
  if (list === undefined) return [new URL(text)];
  const before = kind === 'cluster' && credentials !== '' ? `${credentials}@` : '';
  const port = kind === 'sentinel' ? 26_379 : 6379;
  return list.split(',').map((server) => {
    const url = new URL(`${scheme}://${before}${server}`);
    if (url.port === '') url.port = String(port);
    return url;
  });
}

/** The port of the first server. */
export function portOf(text: string): number {
  return Number(serversOf(text)[0]?.port || 6379);
}

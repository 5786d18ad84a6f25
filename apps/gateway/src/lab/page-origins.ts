/** The origins of the console page: `lab.<domain>`, and `<domain>` where the lab's name does not resolve. */
export function pageOrigins(domain: string, port: number): ReadonlySet<string> {
  const suffix = port === 80 ? '' : `:${port}`;
  return new Set([`http://lab.${domain}${suffix}`, `http://${domain}${suffix}`]);
}

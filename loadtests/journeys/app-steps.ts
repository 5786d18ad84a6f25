/** The steps of the users of someone's app, as the runner reads them from the app's file. Pure: no k6 in here. */
import type { AppStep, Take } from '../src/app/app-step.ts';

export interface Answer {
  /** 0: no answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cookies: Readonly<Record<string, string>>;
}

export type Values = Readonly<Record<string, string>>;

/** The names between `${` and `}`. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/** Puts values in the place of `${name}`, in texts, lists and mappings. A name without a value stays as it is. */
export function fill<T>(template: T, values: Values): T {
  if (typeof template === 'string')
    return template.replace(/\$\{(\w+)\}/g, (all, name: string) => values[name] ?? all) as T;
  if (Array.isArray(template)) return template.map((item) => fill(item, values)) as T;
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)])) as T;
}

/** Whether the answer asks the user to log in. */
export function isLoggedOut({ loggedOutIf }: Pick<AppStep, 'loggedOutIf'>, { status, headers, body }: Answer): boolean {
  const { location } = headers;
  return (
    loggedOutIf.status.includes(status) ||
    (status >= 300 && status < 400 && location !== undefined && loggedOutIf.redirect.includes(pathOf(location))) ||
    (loggedOutIf.contains !== undefined && body.includes(loggedOutIf.contains))
  );
}

/** The reason why the answer is not as expected; undefined when it is. */
export function whyUnexpected({ expect, contains }: AppStep, { status, headers, body }: Answer): string | undefined {
  if (status === 0) return 'no answer came';
  if (
    !expect.some((wanted) => status === wanted || (wanted % 100 === 0 && Math.floor(status / 100) * 100 === wanted))
  ) {
    const leads = headers.location === undefined ? '' : `, which leads to ${headers.location}`;
    return `the status is ${status}${leads}; ${expect.map(nameOf).join(' or ')} was expected`;
  }
  if (contains !== undefined && !body.includes(contains)) return `the body does not contain "${contains}"`;
  return undefined;
}

/** Whether the app took the write. A form and a request without a login may both be answered by a redirect, with one status. */
export function isAcknowledged(step: AppStep, answer: Answer): boolean {
  return !isLoggedOut(step, answer) && whyUnexpected(step, answer) === undefined;
}

/** The values that the answer gives, and the names of those that it lacks. */
export function takeFrom({ take }: Pick<AppStep, 'take'>, answer: Answer): { taken: Values; missing: string[] } {
  const taken: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, from] of Object.entries(take)) {
    const value = findValue(from, answer);
    if (value === undefined) missing.push(name);
    else taken[name] = value;
  }
  return { taken, missing };
}

/** The path of a location, without origin and query. */
export function pathOf(location: string): string {
  return location.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '') || '/';
}

function findValue(from: Take, { headers, body, cookies }: Answer): string | undefined {
  if ('regex' in from) return new RegExp(from.regex).exec(body)?.[1];
  if ('header' in from) return headers[from.header.toLowerCase()];
  if ('cookie' in from) return cookies[from.cookie];
  try {
    const value = from.json
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], JSON.parse(body));
    return value === undefined || value === null ? undefined : String(value);
  } catch {
    return undefined;
  }
}

function nameOf(status: number): string {
  return status % 100 === 0 ? `${status / 100}xx` : String(status);
}

import type { Exchange, Walk } from './walk.js';

interface Cause {
  readonly matches: (last: Exchange, walk: Walk) => boolean;
  readonly says: string;
}

/** Causes in the order in which they are tried: those that an answer states come before those that it only suggests. */
const CAUSES: readonly Cause[] = [
  {
    matches: ({ answer }) => answer.status === 429,
    says: 'Rate limit: the app limits logins or requests. Every user of the lab has an address of its own in X-Forwarded-For: let the app trust its proxy (Express: app.set("trust proxy", 1)), or raise the limit while the lab runs.',
  },
  {
    matches: ({ answer }) =>
      isRefusal(answer.status) && /csrf|xsrf|forgery|token mismatch|authenticity/i.test(textOf(answer)),
    says: 'CSRF: the app wants the token of its form. Fetch the form in a step before, take the token (take: { csrf: { regex: \'name="csrf" value="([^"]+)"\' } }) and send it as the form does (form: { csrf: \'${csrf}\' }, or a header).',
  },
  {
    // Django in production says nothing but 400, to whatever it is asked.
    matches: ({ request, answer }) =>
      isRefusal(answer.status) &&
      (/host|allowed_hosts|origin|domain/i.test(textOf(answer)) || (answer.status === 400 && request.method === 'GET')),
    says: 'Host check: the app does not know the host it is asked by, localhost. Allow it in the variant (Django: ALLOWED_HOSTS, Rails: config.hosts, Vite: allowedHosts) or set a header the app trusts.',
  },
  {
    matches: (last, { exchanges }) =>
      [last, ...exchanges.filter(wasSent)].some(({ answer }) => /type=["']?password/i.test(answer.body)),
    says: 'Login page: the app shows its login form. The name or password is wrong, or nobody registered the user: add a step that does before login, with once: true.',
  },
  {
    matches: (_, { exchanges }) =>
      exchanges.some(wasSent) && !exchanges.some(({ answer }) => 'set-cookie' in answer.headers),
    says: 'Secure cookie: no answer set a cookie. A session cookie with secure: true is not sent over plain HTTP unless the app trusts its proxy; the lab keeps Secure cookies, so trust the proxy (Express: app.set("trust proxy", 1)) and add headers: { X-Forwarded-Proto: https } to the steps, or set secure: false in the lab.',
  },
  {
    matches: ({ answer }) => answer.status >= 300 && answer.status < 400,
    says: 'Redirect: the answer leads elsewhere. Write expect: 302 where that is right, or follow: true to judge the page that it leads to; a redirect back to the login means that the login failed.',
  },
  {
    matches: ({ answer }) => answer.status === 401 || answer.status === 403,
    says: 'Wrong login: the app does not accept this user. Register it in a step before login (once: true), or use the name and password of a user that exists.',
  },
  {
    matches: ({ answer }) => answer.status === 404,
    says: 'Wrong path: the app has nothing there.',
  },
  {
    matches: ({ answer }) => answer.status === 405,
    says: 'Wrong method: the app has that path, but for another of get, post, put, patch and delete.',
  },
  {
    matches: ({ answer }) => [400, 415, 422].includes(answer.status),
    says: "Wrong body: the app does not take what was sent. Send it as form: in place of json:, or the other way round, with the names that the app's own page uses.",
  },
  {
    matches: ({ answer }) => answer.status === 0 || answer.status >= 500,
    says: "The app failed: its own log says why. Start it by hand with the variant's variables and repeat the request.",
  },
];

/** The usual cause of such an answer, with the fix; undefined when none is known. */
export function usualCause(walk: Walk): string | undefined {
  const last = walk.exchanges.at(-1);
  return last === undefined ? undefined : CAUSES.find(({ matches }) => matches(last, walk))?.says;
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

function wasSent({ request }: Exchange): boolean {
  return request.method !== 'GET';
}

function textOf({ headers, body }: Exchange['answer']): string {
  return `${headers['content-type'] ?? ''} ${body}`;
}

import type { RequestHead } from '../http1/request-head.js';
import type { ProblemCode } from '../problem.js';
import type { BoundRoute, Generation } from './proxy-state.js';

/** The route of a request, or the problem it is refused with. `close`: the bytes after its head cannot be told from a request. */
export type Admission = BoundRoute | { readonly problem: ProblemCode; readonly close: boolean };

const noRoute: Admission = { problem: 'no_route', close: false };
const ambiguous: Admission = { problem: 'ambiguous_target', close: false };
const upgradeRefused: Admission = { problem: 'upgrade_refused', close: true };
const tooLarge: Admission = { problem: 'body_too_large', close: true };

/** Decides from the head of a request whether the request is forwarded. */
export function admit({ routes, config }: Generation, head: RequestHead): Admission {
  // "*" is about the server as a whole: it goes where "/" goes.
  const route = routes.match(head.host, head.path === '*' ? '/' : head.path, head.pathIsPlain);
  if (route === 'no-route') return noRoute;
  if (route === 'ambiguous') return ambiguous;
  if (head.upgrade !== '' && !route.websocket) return upgradeRefused;
  return head.contentLength > (route.maxBodyBytes ?? config.limits.maxBodyBytes) ? tooLarge : route;
}

/** Attributes of a target group by the names that AWS gives them; those that the emulation has. */
export interface TargetGroupAttributes {
  readonly 'load_balancing.algorithm.type': 'round_robin' | 'least_outstanding_requests';
  readonly 'stickiness.enabled': boolean;
  readonly 'stickiness.type': 'lb_cookie' | 'app_cookie';
  readonly 'stickiness.lb_cookie.duration_seconds': number;
  /** Of the application; empty: none. */
  readonly 'stickiness.app_cookie.cookie_name': string;
  readonly 'stickiness.app_cookie.duration_seconds': number;
  readonly 'slow_start.duration_seconds': number;
  readonly 'deregistration_delay.timeout_seconds': number;
}

/** As AWS has them where nobody says anything. */
export const AWS_DEFAULTS: TargetGroupAttributes = {
  'load_balancing.algorithm.type': 'round_robin',
  'stickiness.enabled': false,
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': 86_400,
  'stickiness.app_cookie.cookie_name': '',
  'stickiness.app_cookie.duration_seconds': 86_400,
  'slow_start.duration_seconds': 0,
  'deregistration_delay.timeout_seconds': 300,
};

/** The least that AWS allows, so that a run of some seconds sees a target become unhealthy. Its default is 30, 5, 2 and 5. */
const HEALTH = {
  path: '/healthz',
  intervalMs: 5_000,
  timeoutMs: 2_000,
  unhealthyAfter: 2,
  healthyAfter: 2,
  eager: false,
};

/**
 * The settings of the gateway's upstream that behaves as a target group with these attributes. The deregistration delay is the
 * deadline of a drain, not a setting. Throws for what AWS refuses.
 */
export function upstreamOf(given: Partial<TargetGroupAttributes>): object {
  const attributes = { ...AWS_DEFAULTS, ...given };
  const leastOutstanding = attributes['load_balancing.algorithm.type'] === 'least_outstanding_requests';
  const slowStartSeconds = attributes['slow_start.duration_seconds'];
  if (leastOutstanding && slowStartSeconds > 0)
    throw new Error('AWS has no slow start with least_outstanding_requests; set slow_start.duration_seconds to 0');
  return {
    policy: leastOutstanding ? 'least-requests' : 'round-robin',
    ...(attributes['stickiness.enabled'] && { affinity: affinityOf(attributes) }),
    health: HEALTH,
    slowStartMs: slowStartSeconds * 1000,
    // It has no passive checks in these two algorithms, repeats no request, and uses all targets when none is healthy.
    ejection: { failures: 1_000 },
    retryBudgetRatio: 0,
    panicRatio: 0.001,
  };
}

function affinityOf(attributes: TargetGroupAttributes): object {
  // The time starts anew with every answer, and a target that is being deregistered gets no request.
  const common = { sliding: true, whenDraining: 'move' };
  if (attributes['stickiness.type'] === 'lb_cookie')
    return { cookie: 'AWSALB', maxAgeSeconds: attributes['stickiness.lb_cookie.duration_seconds'], ...common };
  const appCookie = attributes['stickiness.app_cookie.cookie_name'];
  if (appCookie === '' || /^AWSALB(APP|TG)?$/.test(appCookie))
    throw new Error('stickiness.app_cookie.cookie_name must name a cookie of the application');
  const maxAgeSeconds = attributes['stickiness.app_cookie.duration_seconds'];
  return { cookie: 'AWSALBAPP-0', appCookie, maxAgeSeconds, ...common };
}

/** A forward action of AWS with several target groups, the first of which is the route's own. */
export interface ForwardAction {
  readonly TargetGroups: readonly { readonly name: string; readonly Weight: number }[];
  readonly TargetGroupStickinessConfig?: { readonly Enabled: boolean; readonly DurationSeconds: number };
}

/** The settings of the gateway's route that does the same. */
export function routeOf({ TargetGroups, TargetGroupStickinessConfig: sticky }: ForwardAction): object {
  const [first, ...others] = TargetGroups;
  return {
    upstream: first?.name,
    ...(others.length > 0 && {
      split: {
        weight: first?.Weight,
        others: others.map(({ name, Weight }) => ({ upstream: name, weight: Weight })),
        ...(sticky?.Enabled && { cookie: 'AWSALBTG', maxAgeSeconds: sticky.DurationSeconds }),
      },
    }),
  };
}

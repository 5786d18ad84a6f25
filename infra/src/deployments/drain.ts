/**
 * How long a server takes to leave without losing a request, everywhere the same: it is told, the load balancer in front notices, new
 * requests stop, those in flight end, the process ends. Whoever kills it waits for the sum.
 */
export const DRAIN = {
  /** The gateway asks `/healthz` twice a second and takes a destination out at the first 503; Kubernetes and AWS need longer. */
  gatewayNoticeSeconds: 1,
  /** Until every ingress controller and kube-proxy has heard that a pod leaves. */
  kubernetesNoticeSeconds: 5,
  /** Until every node of an AWS load balancer has heard that a target is deregistered, which comes before SIGTERM. */
  albNoticeSeconds: 5,
  /** `SHUTDOWN_TIMEOUT_MS`: from SIGTERM until what is still in flight is cut. */
  timeoutSeconds: 20,
  /** From the end of that until SIGKILL. */
  marginSeconds: 5,
} as const;

/** The variables of a service whose load balancer needs `noticeSeconds` to take a leaving server out. */
export function drainEnv(noticeSeconds: number): { SHUTDOWN_DRAIN_MS: string; SHUTDOWN_TIMEOUT_MS: string } {
  return {
    SHUTDOWN_DRAIN_MS: String(noticeSeconds * 2 * 1000),
    SHUTDOWN_TIMEOUT_MS: String(DRAIN.timeoutSeconds * 1000),
  };
}

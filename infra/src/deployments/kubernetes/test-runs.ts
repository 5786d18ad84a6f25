import { K6_VERSION } from '../../k6/obtain-k6.js';
import { HOST } from './routing.js';

/** The lab's journeys whose users a cluster can play; each has a file in `loadtests/src/journeys`. */
export const CLUSTER_JOURNEYS = ['todos', 'login-once', 'no-cookie-jar', 'chat-rooms', 'two-devices'] as const;

/** Pods that share the users. */
const PODS = 20;
/** The account of k6's image. */
const K6_USER = 12_345;

/** What a run is told; patch it in an overlay of your own. */
const LOAD = {
  BASE_URL: `https://${HOST}`,
  USERS: '10000',
  REQUESTS_PER_USER_AND_SECOND: '1',
  // Passwords are hashed in the first two thirds of it, which costs servers more than all the rest.
  WARM_UP_SECONDS: '240',
  MEASURE_SECONDS: '240',
  SUMMARY: 'stdout',
  K6_NO_USAGE_REPORT: 'true',
};

/** A run of k6 on many pods by the k6 operator: users of a journey of the lab, for load that one machine cannot make. */
export function testRunOf(journey: string): object {
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name: journey },
    spec: {
      parallelism: PODS,
      script: { configMap: { name: 'holdfast-journeys', file: 'journey.js' } },
      runner: {
        image: `grafana/k6:${K6_VERSION}`,
        env: Object.entries({ JOURNEY: journey, ...LOAD }).map(([name, value]) => ({ name, value })),
        automountServiceAccountToken: 'false',
        resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
        securityContext: { runAsNonRoot: true, runAsUser: K6_USER, seccompProfile: { type: 'RuntimeDefault' } },
        containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    },
  };
}

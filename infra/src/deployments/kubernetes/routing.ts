import type { System } from '@holdfast/system';
import { AFFINITY_COOKIE } from '../../engines/pool.js';
import type { Variant } from './variants.js';

/** Where the system is reached. */
export const HOST = 'holdfast.example';
const TLS_SECRET = 'holdfast-tls';
/** As long as a chat may be silent. */
const SOCKET_SECONDS = 3600;

/** ingress-nginx in front of the services. Its affinity cookie is not signed; ours of the gateway is. */
export function ingressOf(system: System, { apps, affinity, inMemory }: Variant): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'holdfast',
      annotations: {
        'nginx.ingress.kubernetes.io/proxy-read-timeout': String(SOCKET_SECONDS),
        'nginx.ingress.kubernetes.io/proxy-send-timeout': String(SOCKET_SECONDS),
        ...(affinity && {
          'nginx.ingress.kubernetes.io/affinity': 'cookie',
          // `balanced` moves a part of the clients to every new pod: with sessions in memory that logs them out.
          'nginx.ingress.kubernetes.io/affinity-mode': inMemory ? 'persistent' : 'balanced',
          'nginx.ingress.kubernetes.io/session-cookie-name': AFFINITY_COOKIE,
          'nginx.ingress.kubernetes.io/session-cookie-samesite': 'Lax',
          'nginx.ingress.kubernetes.io/session-cookie-change-on-failure': 'true',
        }),
      },
    },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: [HOST], secretName: TLS_SECRET }],
      rules: [
        {
          host: HOST,
          http: {
            paths: pathsOf(system, apps).map(({ app, path }) => ({
              ...{ path, pathType: 'Prefix' },
              backend: { service: { name: app, port: { name: 'http' } } },
            })),
          },
        },
      ],
    },
  };
}

/** The same by the Gateway API: the listener. */
export const GATEWAY = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'holdfast' },
  spec: {
    // The class of the implementation in the cluster.
    gatewayClassName: 'holdfast',
    listeners: [
      {
        ...{ name: 'https', protocol: 'HTTPS', port: 443, hostname: HOST },
        tls: { mode: 'Terminate', certificateRefs: [{ name: TLS_SECRET }] },
      },
    ],
  },
};

/** The routes to it. `sessionPersistence` is in the experimental channel of the Gateway API. */
export function httpRouteOf(system: System, { apps, affinity }: Variant): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'holdfast' },
    spec: {
      parentRefs: [{ name: GATEWAY.metadata.name }],
      hostnames: [HOST],
      rules: apps.map((app) => ({
        matches: (system.apps[app]?.routes ?? []).map((value) => ({ path: { type: 'PathPrefix', value } })),
        backendRefs: [{ name: app, port: 80 }],
        ...(affinity && {
          sessionPersistence: {
            ...{ sessionName: AFFINITY_COOKIE, type: 'Cookie' },
            cookieConfig: { lifetimeType: 'Session' },
          },
        }),
      })),
    },
  };
}

function pathsOf(system: System, apps: readonly string[]): { app: string; path: string }[] {
  return apps.flatMap((app) => (system.apps[app]?.routes ?? []).map((path) => ({ app, path })));
}

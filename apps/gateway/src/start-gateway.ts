import { type AccessLogEntry, createProxy, type ProxyWarning } from '@holdfast/proxy';
import {
  HealthRegistry,
  MetricsRegistry,
  type RunningService,
  type ServiceOptions,
  startService,
} from '@holdfast/service';
import { adminAccess } from './access/admin-access.middleware.js';
import { AdminModule } from './admin.module.js';
import { Gateway } from './gateway.js';
import { type GatewayFile, toProxyConfig } from './gateway-file/gateway-file.js';
import { isSocketError, ListenError } from './listen-error.js';
import { type StatusListener, type StatusSources, startStatusListener } from './status/status-listener.js';
import { traceRequests } from './tracing/trace-requests.js';

export interface GatewayOptions {
  readonly file: GatewayFile;
  /** The common settings; the admin API ignores HOST and PORT, for it is always on loopback at the file's port. */
  readonly config: ServiceOptions['config'];
  readonly fleetUrl: string | undefined;
  /** Called at the end of every request; without it the proxy measures no timings. */
  readonly accessLog?: ((entry: AccessLogEntry) => void) | undefined;
}

/** A gateway that takes traffic and admin calls. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly logger: RunningService['logger'];
  readonly port: number;
  readonly adminPort: number;
  /** Undefined where the file has no `status`. */
  readonly statusPort: number | undefined;
  /** Lets requests in flight end within `SHUTDOWN_TIMEOUT_MS`, closes WebSockets with 1012, then the ports are free. */
  close(): Promise<void>;
}

/** Opens every listener of the file, or none. Rejects with `ListenError` when one cannot be opened. */
export async function startGateway({ file, config, fleetUrl, accessLog }: GatewayOptions): Promise<RunningGateway> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, INSTANCE_ID: instance = 'gateway' } = config;
  const spans = await traceRequests(instance, endpoint);
  const proxy = createProxy(toProxyConfig(file), {
    tracing: spans !== undefined,
    ...((accessLog ?? spans) && {
      accessLog(entry) {
        accessLog?.(entry);
        spans?.record(entry);
      },
    }),
  });
  const gateway = new Gateway(proxy, file);
  // Warnings wait here until the logger exists, so that each is logged once.
  const early: ProxyWarning[] = [];
  let warn = (warning: ProxyWarning): void => void early.push(warning);
  proxy.on('warning', (warning) => warn(warning));
  const { port } = await proxy.listen().catch(async (cause: Error) => {
    await proxy.close({ graceMs: 0 });
    const { host = '127.0.0.1', port = 8080 } = file.proxy.listen ?? {};
    throw isSocketError(cause) ? new ListenError('listen', { host, port }, { cause }) : cause;
  });
  // Only a gateway with scenarios has a console page; any other takes changes from programs alone.
  const lab = file.scenarios && (await import('./lab/lab.js'));
  const origins = file.scenarios && lab ? lab.pageOrigins(file.scenarios.domain, port) : new Set<string>();
  const adminAddress = { host: '127.0.0.1', port: file.admin.port };
  const admin = await startService({
    name: 'gateway',
    module: AdminModule.forRoot({ gateway, lab: lab?.LabModule.forRoot({ gateway, fleetUrl }) }),
    // The traffic is traced, not those who look at it.
    config: { ...config, HOST: adminAddress.host, PORT: adminAddress.port, OTEL_EXPORTER_OTLP_ENDPOINT: undefined },
    allowedOrigins: origins,
    configure: (app) => void app.use(adminAccess(origins), ...(lab ? [lab.compressJson] : [])),
  }).catch(async (cause: Error) => {
    await proxy.close({ graceMs: 0 });
    throw isSocketError(cause) ? new ListenError('admin', adminAddress, { cause }) : cause;
  });
  const { logger } = admin;
  proxy.on('worker', (end) => logger.error(end, 'a worker ended and is replaced'));
  warn = ({ code, message }) => logger.warn({ code }, message);
  early.forEach(warn);
  const sources = { health: admin.app.get(HealthRegistry), metrics: admin.app.get(MetricsRegistry) };
  const status = await openStatus(file, sources).catch(async (error: unknown) => {
    await Promise.all([proxy.close({ graceMs: 0 }), admin.close({ drainMs: 0 })]);
    throw error;
  });
  const graceMs = config.SHUTDOWN_TIMEOUT_MS * 0.9;
  return {
    gateway,
    logger,
    port,
    adminPort: admin.port,
    statusPort: status?.port,
    close: async () => {
      await Promise.all([proxy.close({ graceMs }), admin.close({ drainMs: 0 })]);
      await status?.close();
      await spans?.close();
    },
  };
}

async function openStatus({ status }: GatewayFile, sources: StatusSources): Promise<StatusListener | undefined> {
  if (status === undefined) return undefined;
  return startStatusListener(status, sources).catch((cause: NodeJS.ErrnoException) => {
    throw new ListenError('status', status, { cause });
  });
}

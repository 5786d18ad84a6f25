import { type AccessLogEntry, createProxy } from '@holdfast/proxy';
import { type RunningService, type ServiceOptions, startService } from '@holdfast/service';
import { pageOrigins } from './access/admin-access.js';
import { adminAccess } from './access/admin-access.middleware.js';
import { AdminModule } from './admin.module.js';
import { Gateway } from './gateway.js';
import { type GatewayFile, toProxyConfig } from './gateway-file/gateway-file.js';

export interface GatewayOptions {
  readonly file: GatewayFile;
  /** The common settings; the admin API ignores HOST and PORT, for it is always on loopback at the file's port. */
  readonly config: ServiceOptions['config'];
  readonly fleetUrl: string | undefined;
  /** Told of every finished request; without it the proxy takes no timings. */
  readonly accessLog?: ((entry: AccessLogEntry) => void) | undefined;
}

/** A gateway that takes traffic and admin calls. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly logger: RunningService['logger'];
  readonly port: number;
  readonly adminPort: number;
  /** Lets requests in flight end within `SHUTDOWN_TIMEOUT_MS`, closes WebSockets with 1012, then both ports are free. */
  close(): Promise<void>;
}

/** A port could not be opened; says which one and what to set. */
export class PortError extends Error {
  constructor(
    readonly port: number,
    readonly variable: 'GATEWAY_PORT' | 'GATEWAY_ADMIN_PORT',
    options: ErrorOptions & { cause: Error },
  ) {
    const taken = (options.cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    super(
      `Port ${port} ${taken ? 'is taken' : `cannot be opened (${options.cause.message})`}: set ${variable} to another one.`,
      options,
    );
    this.name = 'PortError';
  }
}

/** Opens both ports, or neither. Rejects with `PortError` when one cannot be had. */
export async function startGateway({ file, config, fleetUrl, accessLog }: GatewayOptions): Promise<RunningGateway> {
  const proxy = createProxy(toProxyConfig(file), accessLog === undefined ? {} : { accessLog });
  const gateway = new Gateway(proxy, file);
  const { port } = await proxy.listen().catch((cause: Error) => {
    throw new PortError(file.proxy.listen?.port ?? 8080, 'GATEWAY_PORT', { cause });
  });
  // Only a gateway with scenarios has a console page; any other takes changes from programs alone.
  const origins = file.scenarios === undefined ? new Set<string>() : pageOrigins(file.scenarios.domain, port);
  const admin = await startService({
    name: 'gateway',
    module: AdminModule.forRoot({ gateway, fleetUrl }),
    config: { ...config, HOST: '127.0.0.1', PORT: file.admin.port },
    allowedOrigins: origins,
    configure: (app) => void app.use(adminAccess(origins)),
  }).catch(async (cause: Error) => {
    await proxy.close({ graceMs: 0 });
    if ((cause as NodeJS.ErrnoException).syscall !== 'listen') throw cause;
    throw new PortError(file.admin.port, 'GATEWAY_ADMIN_PORT', { cause });
  });
  proxy.on('worker', (end) => admin.logger.error(end, 'a worker ended and is replaced'));
  proxy.on('warning', (warning) => admin.logger.warn({ code: warning.code }, warning.message));
  const graceMs = config.SHUTDOWN_TIMEOUT_MS * 0.9;
  return {
    gateway,
    logger: admin.logger,
    port,
    adminPort: admin.port,
    close: async () => {
      await Promise.all([proxy.close({ graceMs }), admin.close({ drainMs: 0 })]);
    },
  };
}

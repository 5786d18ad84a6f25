import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServiceConfig } from './config/service-env.js';
import { HealthRegistry } from './health/health-registry.js';
import { boundConnections } from './http/bound-connections.js';
import { answerBrokenRequests } from './http/broken-requests.js';
import { jsonBody } from './http/json-body.js';
import { observeRequests } from './http/observe-requests.js';
import { refuseForeignWrites } from './http/refuse-foreign-writes.js';
import { refuseWebSockets, serveUnclaimedUpgrades } from './http/refuse-upgrades.js';
import { securityHeaders } from './http/security-headers.js';
import { createLogger, type Logger, NestLogger } from './logging/logger.js';
import { MetricsRegistry } from './metrics/metrics-registry.js';
import { serveOpenApi } from './openapi/open-api-document.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { closeGracefully } from './process/close-gracefully.js';
import { descriptorLimit } from './process/descriptors.js';
import { ServiceModule } from './service.module.js';
import { openTracing } from './tracing/open-tracing.js';

/** Longer than any proxy keeps an idle connection, so that this side never closes one that a proxy reuses. */
const KEEP_ALIVE_MS = 75_000;
/** Nothing accepted here is large, so a client that takes longer to send it is stuck or an attacker. */
const HEAD_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface ServiceOptions {
  /** The name in logs and in the OpenAPI title. */
  readonly name: string;
  readonly module: Type | DynamicModule;
  readonly config: ServiceConfig & { readonly SESSION_SECURE?: boolean | undefined };
  /** Name of the session cookie, for the OpenAPI document. Default: the service has none. */
  readonly cookieName?: string;
  /** Other origins whose pages may make changes. Default: none. The service itself decides what they may read. */
  readonly allowedOrigins?: ReadonlySet<string>;
  /** Configures the application before its port opens, for example with a WebSocket adapter. */
  readonly configure?: (app: NestExpressApplication) => void | Promise<void>;
}

/** A listening service. */
export interface RunningService {
  readonly app: NestExpressApplication;
  readonly logger: Logger;
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** Closes gracefully: makes the service not ready at once, then drains, then closes. A second call returns the same promise. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Boots a service in this process and opens its port, without handling signals or a parent. Tests use it. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { name, module, config, cookieName, configure, allowedOrigins = new Set<string>() } = options;
  const instance = config.INSTANCE_ID ?? name;
  const logger = createLogger({ service: name, instance, level: config.LOG_LEVEL });
  const tracing = await openTracing({ service: name, instance, endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const app = await NestFactory.create<NestExpressApplication>(
    { module: ServiceModule, imports: [module] },
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(logger),
    },
  );
  const health = app.get(HealthRegistry);
  const secure = config.SESSION_SECURE ?? false;
  app.disable('x-powered-by').disable('etag').set('trust proxy', config.TRUSTED_PROXIES);
  app.use(observeRequests({ logger, metrics: app.get(MetricsRegistry), leaving: () => health.leaving, tracing }));
  app.use(securityHeaders({ secure }), refuseWebSockets, refuseForeignWrites(allowedOrigins), jsonBody);
  app.useGlobalFilters(new ProblemFilter(logger));
  serveOpenApi(app, { name, cookieName });
  await configure?.(app);

  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  answerBrokenRequests(server);
  serveUnclaimedUpgrades(server);
  boundConnections(server, { logger, metrics: app.get(MetricsRegistry), limit: descriptorLimit() });
  await app.listen(config.PORT, config.HOST);
  const { port } = server.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  return {
    app,
    logger,
    port,
    url: `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`,
    close: ({ drainMs = config.SHUTDOWN_DRAIN_MS } = {}) => {
      health.leave();
      closing ??= closeGracefully({ app, server, drainMs, timeoutMs: config.SHUTDOWN_TIMEOUT_MS }).finally(() =>
        tracing?.close(),
      );
      return closing;
    },
  };
}

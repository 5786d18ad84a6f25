import { createRequire } from 'node:module';
import type { MiddlewareConsumer } from '@nestjs/common';
import { SessionConfigError } from '../errors/session-error.js';

/** Before 11, Nest does not know the route pattern by which the middleware sees every request. */
const OLDEST_MAJOR = 11;

/**
 * Throws `SessionConfigError` where the session middleware would silently never run, so that every user would get 401:
 * under another HTTP adapter than Express, and under Nest before 11.
 */
export function refuseUnsuitable(consumer: MiddlewareConsumer, version = installedNest()): void {
  const mistakes: string[] = [];
  if (version !== undefined && Number.parseInt(version, 10) < OLDEST_MAJOR) {
    mistakes.push(
      `SessionModule: needs Nest 11 or 12, and this is ${version}; update all @nestjs packages together, such as npm install @nestjs/common@11 @nestjs/core@11 @nestjs/platform-express@11`,
    );
  }
  const adapter = adapterOf(consumer);
  if (adapter !== undefined && adapter !== 'express') {
    mistakes.push(
      `SessionModule: needs the Express adapter, and this application runs on ${adapter === '' ? 'none' : `'${adapter}'`}; npm install @nestjs/platform-express and start it with NestFactory.create<NestExpressApplication>(AppModule)`,
    );
  }
  if (mistakes.length > 0) throw new SessionConfigError(mistakes);
}

/** The name of the adapter, such as `express` or `fastify`. Nest's consumer has the adapter, though its interface does not say so. */
function adapterOf(consumer: MiddlewareConsumer): string | undefined {
  const { getHttpAdapter } = consumer as { getHttpAdapter?: () => { getType?: () => string } | undefined };
  return getHttpAdapter?.call(consumer)?.getType?.();
}

function installedNest(): string | undefined {
  try {
    return createRequire(import.meta.url)('@nestjs/common/package.json').version;
  } catch {
    return undefined;
  }
}

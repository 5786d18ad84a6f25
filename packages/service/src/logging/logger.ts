import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { standardOutput } from './log-output.js';
import { currentRequest, logFields } from './request-scope.js';

export type { Logger } from 'pino';

/**
 * JSON lines on stdout, each with the service, the instance and, inside a request or the handling of an event, its `requestId` and, where it is traced, its `traceId`. Lines that stdout does not
 * take are dropped and counted.
 */
export function createLogger(options: { service: string; instance: string; level: string }): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, instance: options.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => logFields(currentRequest()),
    },
    standardOutput(),
  );
}

/** Nest's own log lines, and those of `new Logger('context')`, as JSON lines. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  // The list of modules and routes is the same at every start; LOG_LEVEL=debug shows it.
  log = (message: unknown, ...rest: unknown[]) => {
    const context = rest.at(-1);
    this.write(BOOT_CONTEXTS.has(String(context)) ? 'debug' : 'info', message, rest);
  };
  fatal = (message: unknown, ...rest: unknown[]) => this.write('fatal', message, rest);
  error = (message: unknown, ...rest: unknown[]) => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]) => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]) => this.write('trace', message, rest);

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const fields = {
      ...(typeof context === 'string' ? { context } : {}),
      ...(rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {}),
    };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else this.logger[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}

const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
]);

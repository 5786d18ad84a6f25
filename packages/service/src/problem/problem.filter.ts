import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from '../logging/logger.js';
import { describeError } from './describe-error.js';
import { Problem } from './problem.js';

/** Statuses of features that this deployment does not offer: documented answers, not failures. */
const NOT_IMPLEMENTED = 501;

/** Renders everything thrown in a request as `application/problem+json`. The cause of a 5xx goes to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const res = host.switchToHttp().getResponse<Response>();
    const req = host.switchToHttp().getRequest<Request>();
    const { retryAfterSeconds, unexpected, ...told } = describeError(error);
    const requestId: string = res.locals.requestId;
    if (unexpected) this.logger.error({ err: error, requestId }, 'unexpected error');
    else if (told.status >= 500 && told.status !== NOT_IMPLEMENTED && !isPlain(error)) {
      this.logger.warn({ err: causeOf(error), requestId, code: told.code }, 'problem');
    }
    if (res.headersSent) {
      // It is too late for another answer: only a broken connection shows the client that this one is incomplete.
      req.socket.destroy();
      return;
    }
    if (retryAfterSeconds !== undefined) res.setHeader('retry-after', Math.max(1, Math.ceil(retryAfterSeconds)));
    // The unread rest of a body may be endless: the connection is closed rather than read to its end.
    if (!req.complete) res.setHeader('connection', 'close');
    res.status(told.status).type('application/problem+json');
    res.end(JSON.stringify({ type: 'about:blank', ...told, requestId }));
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

/** A problem without a cause was thrown on purpose: the log line of the request is enough. */
function isPlain(error: unknown): boolean {
  return error instanceof Problem && error.cause === undefined;
}

import { STATUS_CODES } from 'node:http';
import { isRedisUnavailable } from '../redis/is-redis-unavailable.js';
import type { FieldError } from './problem.js';

/** What is told about an error, before it is tied to a request. */
export interface ErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];
  /** True for our own bugs: the cause belongs in the log, and nowhere else. */
  readonly unexpected: boolean;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'conflict',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  501: 'not_implemented',
  503: 'unavailable',
};

/**
 * Any thrown thing as an answer. Errors that carry `status` and `code` (ours, and by duck typing those of packages that
 * do not know this one) speak for themselves; a Redis outage is 503; everything else is 500 and says nothing.
 */
export function describeError(error: unknown): ErrorDescription {
  const fields = isObject(error) ? error : {};
  const status = httpStatus(fields);
  if (status !== undefined && typeof fields.code === 'string') {
    return build(status, fields.code, status < 500 || isOurs(fields) ? textOf(fields) : undefined, fields);
  }
  if (isRedisUnavailable(error)) {
    return build(503, 'storage_unavailable', 'The storage behind this service is unavailable; try again shortly.', {
      retryAfterSeconds: 1,
    });
  }
  // Errors of the framework and of middleware: the status is right, the text is theirs and is not repeated.
  if (status !== undefined && status < 500) return build(status, CODES[status] ?? 'invalid_request');
  return { ...build(500, 'internal_error'), unexpected: true };
}

function build(status: number, code: string, detail?: string, fields: Record<string, unknown> = {}): ErrorDescription {
  return {
    status,
    code,
    title: STATUS_CODES[status] ?? 'Error',
    ...(detail === undefined ? {} : { detail }),
    ...(typeof fields.retryAfterSeconds === 'number' ? { retryAfterSeconds: fields.retryAfterSeconds } : {}),
    ...(Array.isArray(fields.errors) ? { errors: fields.errors } : {}),
    unexpected: false,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function httpStatus(fields: Record<string, unknown>): number | undefined {
  const getStatus = fields.getStatus;
  const status = typeof getStatus === 'function' ? getStatus.call(fields) : (fields.status ?? fields.statusCode);
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}

function isOurs(fields: Record<string, unknown>): boolean {
  return fields.name === 'Problem' || fields.expose === true;
}

function textOf(fields: Record<string, unknown>): string | undefined {
  const text = fields.detail ?? fields.message;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

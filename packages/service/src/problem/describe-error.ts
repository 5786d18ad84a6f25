import { STATUS_CODES } from 'node:http';
import { isRedisUnavailable } from '../redis/is-redis-unavailable.js';
import type { FieldError } from './problem.js';

/** The description of an error, before it is tied to a request. */
export interface ErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];
  /** True for our own bugs: their cause belongs only in the log. */
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
 * Turns any thrown value into an answer. An error with `status` and `code` keeps them (ours, and by duck typing those of packages
 * that do not know this one); a Redis outage becomes 503; everything else becomes 500 without details.
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
  // Errors of the framework and of middleware: the answer keeps their status and leaves out their text.
  if (status !== undefined && (status < 500 || status === 501))
    return build(status, CODES[status] ?? 'invalid_request');
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

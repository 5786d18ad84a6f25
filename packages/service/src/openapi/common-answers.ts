import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The codes that any route can answer with, by status; see docs/api.md. */
const ANY = { 400: 'malformed_request', 408: 'request_timeout', 431: 'headers_too_large', 500: 'internal_error' };
/** Of routes that are not probes: what stands in their way, and the store behind them. */
const WORK = { 503: 'busy, leaving, storage_unavailable' };
const INPUT = { 400: 'invalid_request' };
const CHANGE = { 403: 'cross_origin, forgeable_content_type' };
const BODY = {
  400: 'malformed_json, incomplete_body',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};
const SESSION = { 500: 'session_store_forbidden', 503: 'session_unavailable' };

/** Adds to every operation the answers that come from the service as a whole rather than from its handler. */
export function addCommonAnswers(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      add(operation, ANY);
      if (method !== 'get') add(operation, CHANGE);
      if (operation.requestBody !== undefined) add(operation, BODY);
      if (operation.requestBody !== undefined || (operation.parameters ?? []).length > 0) add(operation, INPUT);
      if (operation.security !== undefined) add(operation, SESSION);
      if (!('503' in operation.responses) || operation.security !== undefined) add(operation, WORK);
    }
  }
}

function add({ responses }: Operation, codes: Readonly<Record<number, string>>): void {
  for (const [status, more] of Object.entries(codes)) {
    const there = responses[status];
    const known = there !== undefined && 'description' in there ? there.description.split(', ') : [];
    responses[status] = {
      description: [...new Set([...known, ...more.split(', ')])].join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
}

import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { metricMistakes } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import {
  Api,
  clientAddress,
  HealthRegistry,
  Problem,
  type RunningService,
  readConfig,
  serviceEnv,
  startService,
  ZodBody,
  ZodParam,
  ZodQuery,
} from './index.js';

const noteSchema = z.strictObject({ text: z.string().max(10) });
const idSchema = z.strictObject({ id: z.string().max(5) });
const pageSchema = z.strictObject({ after: z.coerce.number().int().optional() });

@Controller('notes')
class NoteController {
  @Post()
  @Api({ summary: 'Add a note', body: noteSchema, answers: { 201: noteSchema }, problems: { 400: 'invalid_request' } })
  add(@Body(ZodBody(noteSchema)) note: z.infer<typeof noteSchema>) {
    return note;
  }

  @Get(':id')
  @Api({ summary: 'One note', params: idSchema, query: pageSchema, answers: { 200: noteSchema } })
  one(@Param(ZodParam(idSchema)) { id }: { id: string }, @Query(ZodQuery(pageSchema)) page: { after?: number }) {
    return { id, ...page };
  }

  @Post('ping')
  @HttpCode(204)
  ping(): void {}
}

@Controller('trial')
class TrialController {
  @Get('bug')
  bug(): void {
    throw new Error('password=hunter2 at /srv/app.js');
  }

  @Get('redis')
  redis(): void {
    throw new Error("Stream isn't writeable and enableOfflineQueue options is false");
  }

  @Get('duck')
  duck(): void {
    throw Object.assign(new Error('Store away.'), {
      status: 503,
      code: 'session_unavailable',
      retryAfterSeconds: 1,
      expose: true,
    });
  }

  @Get('busy')
  busy(): void {
    throw new Problem(429, 'too_many_requests', 'Wait.', 7.2);
  }

  @Get('address')
  address(@Req() req: Request) {
    return { address: clientAddress(req) };
  }
}

let broken = false;

@Module({ controllers: [NoteController, TrialController] })
class TrialModule {
  constructor(@Inject(HealthRegistry) health: HealthRegistry) {
    health.register('store', async () => {
      if (broken) throw new Error('10.0.0.7:6379 refused');
    });
  }
}

function trialConfig(env: NodeJS.ProcessEnv = {}) {
  const result = readConfig(z.object(serviceEnv), { LOG_LEVEL: 'silent', SHUTDOWN_DRAIN_MS: '0', ...env });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

interface Answers {
  readonly responses: Readonly<Record<number, { readonly description: string }>>;
}

describe('a service', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({ name: 'trial', module: TrialModule, config: trialConfig() });
  });

  afterAll(() => service.close());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(service.url + path, { headers });
  const post = (
    path: string,
    body?: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => fetch(service.url + path, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
  const problemOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status: response.status, requestId: response.headers.get('x-request-id') });
    return problem;
  };

  describe('given bad input', () => {
    test('names each wrong field', async () => {
      const problem = await problemOf(await post('/notes', '{"text":5,"extra":1}'));
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(problem.errors).toEqual([
        { path: 'text', message: expect.any(String) },
        { path: 'extra', message: 'Unknown field: leave it out.' },
      ]);
    });

    test.each([
      ['malformed JSON', '{"text":', 400, 'malformed_json'],
      ['a JSON text that is no object', '"text"', 400, 'malformed_json'],
      ['no body', undefined, 400, 'invalid_request'],
      ['an own __proto__', '{"text":"a","__proto__":{"b":1}}', 400, 'invalid_request'],
      ['65 KB', JSON.stringify({ text: 'x'.repeat(65 * 1024) }), 413, 'body_too_large'],
    ])('refuses %s', async (_, body, status, code) => {
      expect(await problemOf(await post('/notes', body))).toMatchObject({ status, code });
    });

    test.each([
      ['a charset it does not know', { 'content-type': 'application/json; charset=x-none' }],
      ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
      ['XML', { 'content-type': 'application/xml' }],
    ])('refuses %s', async (_, headers) => {
      expect(await problemOf(await post('/notes', '{"text":"a"}', headers))).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      });
    });

    test.each([
      ['/nothing-here', 404, 'not_found'],
      ['/notes/toolong', 400, 'invalid_request'],
      ['/notes/a?after=x', 400, 'invalid_request'],
      ['/notes/a?after=1&after=2', 400, 'invalid_request'],
      ['/notes/a?other=1', 400, 'invalid_request'],
      ['/notes/%ff', 400, 'invalid_request'],
    ])('answers %s with %i %s', async (path, status, code) => {
      expect(await problemOf(await get(path))).toMatchObject({ status, code });
    });

    test('answers headers over the limit with a problem, and stays up', async () => {
      const answer = await raw(service.port, `GET / HTTP/1.1\r\nhost: a\r\ncookie: ${'c'.repeat(20_000)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain('"code":"headers_too_large"');
      expect((await get('/healthz')).status).toBe(200);
    });

    test('answers bytes that are not HTTP with a problem', async () => {
      const answer = await raw(service.port, 'hello there\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"malformed_request"');
    });
  });

  describe('against foreign pages', () => {
    const json = { 'content-type': 'application/json' };

    test.each([
      ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
      ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
      ['a foreign Origin', { origin: 'https://evil.example' }],
      ['Origin: null', { origin: 'null' }],
      ['an Origin on another port', { origin: 'http://127.0.0.1:1' }],
    ])('refuses a change with %s', async (_, headers) => {
      const answer = await raw(service.port, rawPost('/notes', { ...json, ...headers }, '{"text":"a"}'));
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toContain('"code":"cross_origin"');
    });

    test.each([
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
    ])('refuses JSON sent as %s', async (type) => {
      const problem = await problemOf(await post('/notes', '{"text":"a"}', { 'content-type': type }));
      expect(problem).toMatchObject({ status: 403, code: 'forgeable_content_type' });
    });

    test('accepts changes from its own pages and from clients other than browsers', async () => {
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: service.url }, {}]) {
        const answer = await raw(
          service.port,
          rawPost('/notes', { ...json, host: `127.0.0.1:${service.port}`, ...headers }, '{"text":"a"}'),
        );
        expect(answer).toMatch(/^HTTP\/1\.1 201 /);
      }
      expect((await post('/notes/ping', undefined, {})).status).toBe(204);
    });

    test('allows no other origin to read', async () => {
      const answer = await get('/healthz', { origin: 'https://evil.example' });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('on every answer', () => {
    test.each(['/healthz', '/nothing-here', '/trial/bug'])('sends the security headers: %s', async (path) => {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('strict-transport-security')).toBeNull();
    });

    test('repeats a sane x-request-id and replaces an insane one', async () => {
      expect((await get('/healthz', { 'x-request-id': 'trace-7' })).headers.get('x-request-id')).toBe('trace-7');
      expect((await get('/healthz', { 'x-request-id': 'a b"' })).headers.get('x-request-id')).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    });
  });

  describe('when something fails', () => {
    test('hides the details of its own bugs', async () => {
      const answer = await get('/trial/bug');
      const text = await answer.text();
      expect(answer.status).toBe(500);
      expect(text).toContain('"code":"internal_error"');
      expect(text).not.toMatch(/hunter2|app\.js/);
    });

    test('answers 503 with Retry-After when Redis is away', async () => {
      const answer = await get('/trial/redis');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await problemOf(answer)).toMatchObject({ status: 503, code: 'storage_unavailable' });
    });

    test('renders errors of other packages by their status and code', async () => {
      const answer = await get('/trial/duck');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await problemOf(answer)).toMatchObject({
        status: 503,
        code: 'session_unavailable',
        detail: 'Store away.',
      });
    });

    test('rounds Retry-After up', async () => {
      expect((await get('/trial/busy')).headers.get('retry-after')).toBe('8');
    });

    test('is live but not ready, and names the check without its reason', async () => {
      broken = true;
      const answer = await get('/readyz');
      broken = false;
      expect(answer.status).toBe(503);
      expect(await answer.text()).not.toContain('10.0.0.7');
      expect((await get('/healthz')).status).toBe(200);
      expect((await get('/readyz')).status).toBe(200);
    });
  });

  test('trusts X-Forwarded-For from a trusted peer only, and only an address', async () => {
    const addressFor = async (header: string) =>
      ((await (await get('/trial/address', { 'x-forwarded-for': header })).json()) as { address: string }).address;
    expect(await addressFor('203.0.113.9')).toBe('203.0.113.9');
    expect(await addressFor('198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(await addressFor('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(await addressFor('not-an-address')).toBe('127.0.0.1');
  });

  test('counts requests by route pattern', async () => {
    await get('/notes/a');
    expect(await (await get('/metrics')).text()).toContain(
      'http_request_duration_seconds_count{method="GET",route="/notes/:id",status="200"}',
    );
  });

  test('every metric has a name and a HELP line that promtool accepts', async () => {
    expect(metricMistakes(await (await get('/metrics')).text())).toEqual([]);
  });

  test('documents what every route can answer with, beside what its handler says', async () => {
    const { paths } = (await (await get('/docs-json')).json()) as { paths: Record<string, Record<string, Answers>> };
    const codes = (path: string, method: string, status: number) =>
      paths[path]?.[method]?.responses[status]?.description.split(', ');
    expect(codes('/notes', 'post', 400)).toEqual(
      expect.arrayContaining(['malformed_request', 'malformed_json', 'incomplete_body', 'invalid_request']),
    );
    expect(codes('/notes', 'post', 403)).toEqual(['cross_origin', 'forgeable_content_type']);
    expect(codes('/notes', 'post', 503)).toContain('storage_unavailable');
    expect(codes('/healthz', 'get', 503)).toEqual(['leaving']);
    expect(codes('/healthz', 'get', 200)).toEqual(['OK']);
  });

  test('documents its routes from the schemas that check them', async () => {
    const document = (await (await get('/docs-json')).json()) as Record<string, never>;
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/notes': {
          post: {
            summary: 'Add a note',
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: { text: { type: 'string', maxLength: 10 } },
                    required: ['text'],
                  },
                },
              },
            },
          },
        },
        '/notes/{id}': {
          get: {
            parameters: expect.arrayContaining([
              expect.objectContaining({ name: 'id', in: 'path' }),
              expect.objectContaining({ name: 'after', in: 'query', required: false }),
            ]),
          },
        },
      },
    });
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});

describe('a service that is shutting down', () => {
  test('is not ready, finishes requests in flight, and asks clients to close their connections', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    @Controller()
    class SlowController {
      @Get('slow')
      async slow() {
        await held;
        return { done: true };
      }
    }
    @Module({ controllers: [SlowController] })
    class SlowModule {}
    const service = await startService({
      name: 'slow',
      module: SlowModule,
      config: trialConfig({ SHUTDOWN_DRAIN_MS: '300' }),
    });
    const slow = fetch(`${service.url}/slow`);
    await new Promise((resolve) => httpRequest(`${service.url}/healthz`, resolve).end());
    const closed = service.close();
    const ready = await fetch(`${service.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(ready.headers.get('connection')).toBe('close');
    release();
    expect(await (await slow).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
  });
});

function rawPost(path: string, headers: Record<string, string>, body: string): string {
  const lines = Object.entries({ host: 'a', ...headers, 'content-length': body.length }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}connection: close\r\n\r\n${body}`;
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

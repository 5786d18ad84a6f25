import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { holdResponse } from './hold-response.js';

type Commit = () => Promise<void> | undefined;

describe('a held response', () => {
  let close: () => void = () => undefined;
  let lost: unknown[] = [];

  afterEach(() => close());

  async function ask(commit: Commit, answer: (res: ServerResponse) => void): Promise<Response> {
    lost = [];
    const listener: RequestListener = (_req, res) => {
      const refuse = (error: unknown) => {
        res.statusCode = 503;
        res.end(`refused: ${(error as Error).message}`);
      };
      holdResponse(res, { commit, refuse, lost: (error) => lost.push(error) });
      answer(res);
    };
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    close = () => server.close();
    return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  const later = () => new Promise<void>((resolve) => setImmediate(resolve));
  const failing = () => later().then(() => Promise.reject(new Error('no')));

  const answers: Array<[string, (res: ServerResponse) => void]> = [
    ['end', (res) => res.end('body')],
    ['writeHead and end', (res) => res.writeHead(200, { 'x-a': '1' }).end('body')],
    [
      'write and end',
      (res) => {
        res.write('bo');
        res.end('dy');
      },
    ],
    [
      'flushHeaders, write and end',
      (res) => {
        res.flushHeaders();
        res.write('bo');
        res.end('dy');
      },
    ],
  ];

  it.each(answers)('leaves with %s when there is nothing to commit', async (_, answer) => {
    const response = await ask(() => undefined, answer);
    expect([response.status, await response.text()]).toEqual([200, 'body']);
  });

  it.each(answers)('leaves with %s once the commit is done', async (_, answer) => {
    let committed = 0;
    const commit = () => {
      if (committed > 0) return undefined;
      return later().then(() => {
        committed += 1;
      });
    };
    const response = await ask(commit, answer);
    expect([response.status, await response.text(), committed]).toEqual([200, 'body', 1]);
  });

  it.each(answers)('is replaced when the commit fails, after %s', async (_, answer) => {
    let tries = 0;
    const response = await ask(
      () => (tries++ === 0 ? failing() : undefined),
      (res) => {
        res.setHeader('etag', '"x"');
        res.setHeader('x-request-id', 'r1');
        answer(res);
      },
    );
    expect([response.status, await response.text()]).toEqual([503, 'refused: no']);
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('x-request-id')).toBe('r1');
  });

  it('commits again at the end of a stream, and reports what could not be saved', async () => {
    let calls = 0;
    const response = await ask(
      () => (calls++ === 0 ? undefined : failing()),
      (res) => {
        res.write('a');
        res.end('b');
      },
    );
    expect([response.status, await response.text()]).toEqual([200, 'ab']);
    expect(lost).toHaveLength(1);
  });
});

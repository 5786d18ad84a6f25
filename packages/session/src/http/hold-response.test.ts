import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
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

  test.each(answers)('leaves with %s when there is nothing to commit', async (_, answer) => {
    const response = await ask(() => undefined, answer);
    expect([response.status, await response.text()]).toEqual([200, 'body']);
  });

  test.each(answers)('leaves with %s once the commit is done', async (_, answer) => {
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

  test.each(answers)('is replaced when the commit fails, after %s', async (_, answer) => {
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

  test('commits again at the end of a stream, and reports what could not be saved', async () => {
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

  const refusedByNode: Array<[string, (res: ServerResponse) => void]> = [
    ['end with a number', (res) => void (res.end as (chunk: unknown) => void)(5)],
    ['writeHead with an impossible status', (res) => res.writeHead(9999).end()],
  ];

  test.each(refusedByNode)('S0a: %s after a commit is answered, and is no unhandled rejection', async (_, answer) => {
    const response = await ask(later, answer);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('refused: ')]);
  });

  test('S0a: a handler that goes on writing after its response was refused changes nothing', async () => {
    let done: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (done = resolve));
    const response = await ask(failing, (res) => {
      res.write('one');
      setImmediate(() =>
        setImmediate(() => {
          res.write('two');
          res.end('three');
          done();
        }),
      );
    });
    await written;
    expect([response.status, await response.text()]).toEqual([503, 'refused: no']);
  });

  test('S0a: nothing is committed again by the answer to a failed commit', async () => {
    let commits = 0;
    const response = await ask(
      () => {
        commits += 1;
        return failing();
      },
      (res) => res.end('body'),
    );
    expect([response.status, commits]).toEqual([503, 1]);
  });

  test('an answer that says 500 already is sent as it is when the commit fails', async () => {
    const response = await ask(failing, (res) => res.writeHead(500, { 'x-a': '1' }).end('mine'));
    expect([response.status, await response.text(), response.headers.get('x-a')]).toEqual([500, 'mine', '1']);
    expect(lost).toHaveLength(1);
  });
});

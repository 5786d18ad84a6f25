import { describe, expect, test } from '@jest/globals';
import { type ArgumentsHost, NotImplementedException } from '@nestjs/common';
import pino from 'pino';
import { ProblemFilter } from './problem.filter.js';
import { Problem } from './problem.js';

/** The filter's log lines and answer for an error. */
function handle(error: unknown) {
  const lines: string[] = [];
  const answer = { status: 0, body: '' };
  const res = {
    locals: { requestId: 'r1' },
    headersSent: false,
    setHeader: () => res,
    status: (status: number) => {
      answer.status = status;
      return res;
    },
    type: () => res,
    end: (body: string) => {
      answer.body = body;
    },
  };
  const http = { getResponse: () => res, getRequest: () => ({ complete: true }) };
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  new ProblemFilter(logger).catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return { lines, ...answer };
}

describe('ProblemFilter', () => {
  test.each([
    Object.assign(new Error('The store keeps no list of devices.'), { status: 501, code: 'session_unsupported' }),
    new Problem(501, 'no_fleet', 'No fleet runs behind this gateway.', undefined, { cause: new Error('none') }),
    new NotImplementedException(),
  ])('a 501 is an answer and is not logged: %s', (error) => {
    const { status, lines } = handle(error);
    expect(status).toBe(501);
    expect(lines).toEqual([]);
  });

  test('other 5xx are logged with their cause, and the answer leaves the cause out', () => {
    const foreign = Object.assign(new Error('disk /dev/sda'), { status: 507, code: 'disk' });
    const { status, lines, body } = handle(foreign);
    expect(status).toBe(507);
    expect(lines.join()).toContain('/dev/sda');
    expect(body).not.toContain('/dev/sda');
    expect(handle(new TypeError('x is not a function')).lines.join()).toContain('unexpected error');
  });
});

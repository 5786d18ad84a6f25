import { describe, expect, test } from '@jest/globals';
import { NotImplementedException } from '@nestjs/common';
import { describeError } from './describe-error.js';
import { Problem } from './problem.js';

const named = (name: string, message: string, more = {}) => Object.assign(new Error(message), { name, ...more });

describe('describeError', () => {
  test.each([
    named('ReplyError', "READONLY You can't write against a read only replica."),
    named('ReplyError', "OOM command not allowed when used memory > 'maxmemory'."),
    named('ReplyError', 'LOADING Redis is loading the dataset in memory'),
    named('ReplyError', 'EXECABORT Transaction discarded because of previous errors.', {
      previousErrors: [named('ReplyError', "OOM command not allowed when used memory > 'maxmemory'.")],
    }),
    named('MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 0).'),
    new Error('Command timed out'),
    new Error('Connection is closed.'),
    named('Error', 'connect ECONNREFUSED 127.0.0.1:6379', { code: 'ECONNREFUSED', command: { name: 'get' } }),
  ])('takes "%s" for an outage of the storage', (error) => {
    expect(describeError(error)).toMatchObject({ status: 503, retryAfterSeconds: 1, unexpected: false });
  });

  test.each([
    named('ReplyError', 'WRONGTYPE Operation against a key holding the wrong kind of value'),
    named('ReplyError', 'EXECABORT Transaction discarded because of previous errors.', {
      previousErrors: [named('ReplyError', "ERR wrong number of arguments for 'zadd' command")],
    }),
    new TypeError('x is not a function'),
    'a string',
    null,
    undefined,
    Object.assign(new Error('secret'), { status: 700, code: 'odd' }),
  ])('takes "%s" for a bug and says nothing about it', (error) => {
    expect(describeError(error)).toEqual({
      status: 500,
      code: 'internal_error',
      title: 'Internal Server Error',
      unexpected: true,
    });
  });

  test("the framework's 501 is an answer, not a bug", () => {
    expect(describeError(new NotImplementedException('not yet, see /srv/app.js'))).toEqual({
      status: 501,
      code: 'not_implemented',
      title: 'Not Implemented',
      unexpected: false,
    });
  });

  test('hides the text of a foreign 5xx unless the error exposes it', () => {
    const foreign = Object.assign(new Error('disk /dev/sda'), { status: 507, code: 'disk' });
    expect(describeError(foreign).detail).toBeUndefined();
    expect(describeError(new Problem(503, 'busy', 'Come back.', 2))).toMatchObject({
      detail: 'Come back.',
      retryAfterSeconds: 2,
    });
  });
});

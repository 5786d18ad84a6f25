import type { ActivityAnswer, RecoveryCodesAnswer, SecondFactorSecretAnswer } from '@holdfast/contracts';
import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Secret, TOTP } from 'otpauth';
import { everythingIn, newName, Person, password, startAuth } from './support.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  const env = { SECOND_FACTOR_SECRETS: 'a-secret-for-second-factors' };
  [one, two] = await Promise.all([startAuth(redis.url, env), startAuth(redis.url, env)]);
}, 30_000);

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await redis.stop();
});

interface Enrolled {
  readonly name: string;
  readonly person: Person;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** A code later than the one that confirmed, which counts though its step is still to come. */
  nextCode(): string;
}

/** Begins and confirms at different instances. */
async function enrolled(): Promise<Enrolled> {
  const name = newName();
  const person = new Person();
  await person.send('POST', `${one.url}/auth/register`, { username: name, password });
  const proposal = await person.send('POST', `${one.url}/auth/second-factor`, { password });
  expect(proposal.status).toBe(200);
  const { secret } = (await proposal.json()) as SecondFactorSecretAnswer;
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = app.generate();
  const confirmed = await person.send('POST', `${two.url}/auth/second-factor/confirm`, { code });
  expect(confirmed.status).toBe(200);
  const { recoveryCodes } = (await confirmed.json()) as RecoveryCodesAnswer;
  const nextCode = () => app.generate({ timestamp: Date.now() + 30_000 });
  return { name, person, secret, recoveryCodes, nextCode };
}

const logIn = (person: Person, username: string) =>
  person.send('POST', `${one.url}/auth/login`, { username, password });
const sendCode = (person: Person, code: string) => person.send('POST', `${two.url}/auth/login/second-factor`, { code });
const meOf = async (person: Person) => (await person.send('GET', `${one.url}/auth/me`)).status;
const outcome = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

describe('a login with a second factor', () => {
  test('takes two steps at any instance; the first one logs nobody in', async () => {
    const { name, nextCode } = await enrolled();
    const person = new Person();
    expect(await outcome(await logIn(person, name))).toEqual([401, 'second_factor_required']);
    const pending = person.cookie;
    expect(pending).toMatch(/^hf_sid=/);
    expect(await meOf(person)).toBe(401);
    expect((await person.send('GET', `${one.url}/auth/sessions`)).status).toBe(401);
    const answer = await sendCode(person, nextCode());
    expect([answer.status, await answer.json()]).toEqual([200, { user: { id: expect.any(String), name } }]);
    expect(person.cookie).not.toBe(pending);
    expect(await meOf(person)).toBe(200);
  });

  test('takes each code once, also from another browser', async () => {
    const { name, nextCode } = await enrolled();
    const [mine, stranger] = [new Person(), new Person('203.0.113.5')];
    for (const person of [mine, stranger]) await logIn(person, name);
    const code = nextCode();
    const answers = await Promise.all([mine, stranger].map((person) => sendCode(person, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('takes a recovery code once, in place of the app', async () => {
    const { name, recoveryCodes } = await enrolled();
    const [code = ''] = recoveryCodes;
    const person = new Person();
    await logIn(person, name);
    expect((await sendCode(person, ` ${code.toUpperCase()}`)).status).toBe(200);
    const status = await person.send('GET', `${one.url}/auth/second-factor`);
    expect(await status.json()).toEqual({ enrolled: true, recoveryCodesLeft: 9 });
    const again = new Person();
    await logIn(again, name);
    expect(await outcome(await sendCode(again, code))).toEqual([401, 'wrong_code']);
  });

  test('has no second step without the first, nor after a password change', async () => {
    const { name, person, nextCode } = await enrolled();
    expect(await outcome(await sendCode(new Person(), '123456'))).toEqual([401, 'no_pending_login']);
    const late = new Person();
    await logIn(late, name);
    const change = { current: password, next: 'another good password' };
    expect((await person.send('POST', `${one.url}/auth/password`, change)).status).toBe(204);
    expect(await outcome(await sendCode(late, nextCode()))).toEqual([401, 'no_pending_login']);
  });

  test('limits codes over all instances and networks', async () => {
    const { name } = await enrolled();
    const guessers = [new Person('203.0.113.6'), new Person('203.0.113.7')];
    for (const guesser of guessers) await logIn(guesser, name);
    const guesses = Array.from({ length: 30 }, (_, n) => {
      const guesser = guessers[n % 2];
      return guesser === undefined ? undefined : sendCode(guesser, String(n).padStart(6, '0'));
    });
    const answers = (await Promise.all(guesses)).filter((answer) => answer !== undefined);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
    expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).not.toBeNull();
  });
});

describe('a second factor', () => {
  test('is set up and removed by the password only, and is told in the activity', async () => {
    const { person, name, nextCode } = await enrolled();
    const remove = (body: object) => person.send('POST', `${one.url}/auth/second-factor/remove`, body);
    expect(await outcome(await remove({ password: 'wrong', code: '000000' }))).toEqual([403, 'wrong_password']);
    expect(await outcome(await remove({ password, code: '000000' }))).toEqual([403, 'wrong_code']);
    expect((await remove({ password, code: nextCode() })).status).toBe(204);
    expect((await logIn(new Person(), name)).status).toBe(200);
    const again = await person.send('POST', `${one.url}/auth/second-factor`, { password: 'wrong' });
    expect(await outcome(again)).toEqual([403, 'wrong_password']);
    await waitFor(async () => {
      const { activity } = (await (await person.send('GET', `${two.url}/auth/activity`)).json()) as ActivityAnswer;
      const types = activity.map(({ type }) => type);
      return types.includes('second-factor.enrolled') && types.includes('second-factor.removed');
    });
  });

  test('is confirmed only after it was asked for', async () => {
    const person = new Person();
    await person.send('POST', `${one.url}/auth/register`, { username: newName(), password });
    const answer = await person.send('POST', `${one.url}/auth/second-factor/confirm`, { code: '123456' });
    expect(await outcome(answer)).toEqual([409, 'no_proposed_second_factor']);
    expect((await new Person().send('POST', `${one.url}/auth/second-factor`, { password })).status).toBe(401);
  });

  test('leaves neither its secret nor its recovery codes in Redis', async () => {
    const { secret, recoveryCodes } = await enrolled();
    const client = new Redis(redis.url);
    const stored = JSON.stringify(await everythingIn(client));
    client.disconnect();
    expect(stored).toContain('recovery:');
    for (const text of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))]) {
      expect(stored).not.toContain(text);
    }
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ActivityAnswer, SecondFactorSecretAnswer } from '@holdfast/contracts';
import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { newName, Person, password, startAuth } from './support.js';

const command = fileURLToPath(new URL('../dist/second-factor/remove-second-factor-cli.js', import.meta.url));
let redis: Awaited<ReturnType<typeof startRedis>>;
let auth: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  auth = await startAuth(redis.url);
}, 30_000);

afterAll(async () => {
  await auth.close();
  await redis.stop();
});

async function removeSecondFactor(username: string): Promise<string> {
  const env = { ...process.env, REDIS_URL: redis.url };
  return (await promisify(execFile)(process.execPath, [command, username], { env })).stdout;
}

async function enrolled(name: string): Promise<Person> {
  const person = new Person();
  await person.send('POST', `${auth.url}/auth/register`, { username: name, password });
  const proposal = await person.send('POST', `${auth.url}/auth/second-factor`, { password });
  const { secret } = (await proposal.json()) as SecondFactorSecretAnswer;
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  expect((await person.send('POST', `${auth.url}/auth/second-factor/confirm`, { code })).status).toBe(200);
  return person;
}

const logIn = (person: Person, username: string) =>
  person.send('POST', `${auth.url}/auth/login`, { username, password });

test('a user who lost the second factor logs in by password, is out everywhere else, and finds it in the activity', async () => {
  const [ada, bob] = [newName(), newName()];
  const [phone] = [await enrolled(ada), await enrolled(bob)];
  expect((await logIn(new Person(), ada)).status).toBe(401);
  expect(await removeSecondFactor(ada.toUpperCase())).toBe('second factor removed, 1 sessions ended\n');
  await waitFor(async () => (await phone.send('GET', `${auth.url}/auth/me`)).status === 401);
  const person = new Person();
  expect((await logIn(person, ada)).status).toBe(200);
  await waitFor(async () => {
    const { activity } = (await (await person.send('GET', `${auth.url}/auth/activity`)).json()) as ActivityAnswer;
    const types = activity.map(({ type }) => type);
    return types.includes('second-factor.removed') && types.includes('session.ended');
  });
  // Nobody else's.
  expect((await logIn(new Person(), bob)).status).toBe(401);
});

test('it may be called again, and knows nobody who is not there', async () => {
  const name = newName();
  await enrolled(name);
  await removeSecondFactor(name);
  expect(await removeSecondFactor(name)).toBe('there was no second factor, 0 sessions ended\n');
  await expect(removeSecondFactor('nobody-here')).rejects.toMatchObject({
    code: 1,
    stderr: 'No user has the name nobody-here (KEY_PREFIX=hf:): check both\n',
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PasskeysAnswer, PasskeyView } from '@holdfast/contracts';
import type { RunningService } from '@holdfast/service';
import { launchChromium, startRedis } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newName, Person, password, startAuth } from './support.js';

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newPage']>>;

let redis: Awaited<ReturnType<typeof startRedis>>;
let browser: Awaited<ReturnType<typeof launchChromium>>;
let site: Server;
let origin: string;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  // A page on localhost may use passkeys without TLS.
  site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>page'));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  [redis, browser] = await Promise.all([startRedis(), launchChromium()]);
  const env = { PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: origin };
  [one, two] = await Promise.all([startAuth(redis.url, env), startAuth(redis.url, env)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([one?.close(), two?.close(), browser?.close()]);
  await redis?.stop();
  site.close();
});

/** A browser with a device that holds passkeys and always recognises its owner. */
async function device(at = origin): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  await page.goto(at);
  return page;
}

/** What the page's script does between the two requests. Text, since it runs in the browser. */
const answerOf = (page: Page, call: 'create' | 'get', options: unknown): Promise<unknown> =>
  page.evaluate(
    `(async () => {
      const options = PublicKeyCredential.parse${call === 'create' ? 'Creation' : 'Request'}OptionsFromJSON(${JSON.stringify(options)});
      return (await navigator.credentials.${call}({ publicKey: options })).toJSON();
    })()`,
  );

async function registered(): Promise<{ person: Person; name: string }> {
  const person = new Person();
  const name = newName();
  await person.send('POST', `${one.url}/auth/register`, { username: name, password });
  return { person, name };
}

/** Begins at one instance, ends at the other. */
async function addPasskey(person: Person, page: Page, label = 'Laptop'): Promise<Response> {
  const options = await person.send('POST', `${one.url}/auth/passkeys/options`, { password });
  const response = await answerOf(page, 'create', await options.json());
  return person.send('POST', `${two.url}/auth/passkeys`, { label, response });
}

async function assertion(person: Person, page: Page): Promise<unknown> {
  const options = await person.send('POST', `${one.url}/auth/login/passkey/options`);
  return answerOf(page, 'get', await options.json());
}

const logIn = (person: Person, response: unknown) => person.send('POST', `${two.url}/auth/login/passkey`, { response });
const outcome = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

describe('a passkey', () => {
  test('logs its owner in at any instance, without name and password, with a new sid', async () => {
    const { person, name } = await registered();
    const page = await device();
    expect((await addPasskey(person, page)).status).toBe(201);
    const stranger = new Person();
    const response = await assertion(stranger, page);
    const before = stranger.cookie;
    expect((await stranger.send('GET', `${one.url}/auth/me`)).status).toBe(401);
    const answer = await logIn(stranger, response);
    expect([answer.status, await answer.json()]).toEqual([200, { user: { id: expect.any(String), name } }]);
    expect(stranger.cookie).not.toBe(before);
    expect((await stranger.send('GET', `${one.url}/auth/me`)).status).toBe(200);
  }, 30_000);

  test('signs each challenge once, and only for the session that asked', async () => {
    const { person } = await registered();
    const page = await device();
    await addPasskey(person, page);
    const asked = new Person();
    const response = await assertion(asked, page);
    const other = new Person();
    await other.send('POST', `${one.url}/auth/login/passkey/options`);
    expect(await outcome(await logIn(other, response))).toEqual([401, 'invalid_passkey']);
    expect(await outcome(await logIn(new Person(), response))).toEqual([409, 'no_passkey_challenge']);
    expect((await logIn(asked, response)).status).toBe(200);
    expect(await outcome(await logIn(asked, response))).toEqual([409, 'no_passkey_challenge']);
  }, 30_000);

  test('is listed, is made once a device, and is of no use once it is removed', async () => {
    const { person } = await registered();
    const page = await device();
    const { id } = (await (await addPasskey(person, page, 'My phone')).json()) as PasskeyView;
    const list = await person.send('GET', `${one.url}/auth/passkeys`);
    expect(((await list.json()) as PasskeysAnswer).passkeys).toEqual([
      { id, label: 'My phone', createdAt: expect.any(String) },
    ]);
    await expect(addPasskey(person, page)).rejects.toThrow('InvalidStateError');
    const { person: foreign } = await registered();
    expect((await foreign.send('DELETE', `${one.url}/auth/passkeys/${id}`)).status).toBe(404);
    const late = new Person();
    const response = await assertion(late, page);
    expect((await person.send('DELETE', `${one.url}/auth/passkeys/${id}`)).status).toBe(204);
    expect(await outcome(await logIn(late, response))).toEqual([401, 'invalid_passkey']);
  }, 30_000);

  test('is added by the password only, and from our own pages only', async () => {
    const { person } = await registered();
    const wrong = await person.send('POST', `${one.url}/auth/passkeys/options`, { password: 'wrong' });
    expect(await outcome(wrong)).toEqual([403, 'wrong_password']);
    const elsewhere = await device(`http://localhost:${Number(new URL(one.url).port)}/healthz`);
    expect(await outcome(await addPasskey(person, elsewhere))).toEqual([400, 'invalid_passkey']);
  }, 30_000);

  test('is refused in words where none are configured', async () => {
    const plain = await startAuth(redis.url);
    try {
      expect(await outcome(await new Person().send('POST', `${plain.url}/auth/login/passkey/options`))).toEqual([
        ...[404, 'passkeys_off'],
      ]);
    } finally {
      await plain.close();
    }
  });
});

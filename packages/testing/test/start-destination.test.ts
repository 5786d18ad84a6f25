import { expect, test } from '@jest/globals';
import { startDestination } from '../src/start-destination.js';

test('a stub destination answers with its handler', async () => {
  const destination = await startDestination((_request, response) => void response.end('hello'));
  expect(await (await fetch(destination.url)).text()).toBe('hello');
  await destination.stop();
});

test('a stub destination stops although a request is never answered', async () => {
  const destination = await startDestination(() => {});
  const hanging = fetch(destination.url).catch((error: unknown) => error);
  destination.server.once('request', () => void destination.stop());
  expect(await hanging).toHaveProperty('message', 'fetch failed');
});

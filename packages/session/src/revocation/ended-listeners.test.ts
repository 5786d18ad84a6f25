import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Authenticated, SessionEnded } from '../sessions.js';
import { EndedListeners } from './ended-listeners.js';
import { SessionWatch } from './session-watch.js';

const ended: SessionEnded = { sessionId: 's1', userId: 'u1', reason: 'logout', local: true };
const session = { sessionId: 's1', user: { id: 'u1', name: 'ada' } } as Authenticated;

const mistakes: Array<[string, () => void]> = [
  [
    'throws',
    () => {
      throw new Error('a mistake');
    },
  ],
  ['rejects', () => Promise.reject(new Error('a mistake')) as never],
];

describe.each(mistakes)('S0a: a listener that %s', (_, mistake) => {
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(() => void jest.restoreAllMocks());

  const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  test('S0a: is reported, does not end the process, and the others still hear', async () => {
    const heard: string[] = [];
    const listeners = new EndedListeners();
    listeners.add(mistake);
    listeners.add(({ sessionId }) => void heard.push(sessionId));
    listeners.emit(ended);
    await settled();
    expect(heard).toEqual(['s1']);
    expect(warnings.join()).toContain('a mistake');
  });

  test('S0a: is no reason to keep the end of a session from other sockets', async () => {
    const watch = new SessionWatch(async () => null, 60_000);
    const heard: string[] = [];
    watch.add(session, mistake);
    watch.add(session, (reason) => void heard.push(reason));
    watch.ended(ended);
    watch.add(session, mistake);
    await settled();
    watch.close();
    expect(heard).toEqual(['logout']);
    expect(warnings).toHaveLength(2);
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Circuit } from './circuit.js';
import { isUnavailable } from './is-unavailable.js';

describe('the circuit', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is closed until opened, and closes with the first answer to its probe', async () => {
    let answer: () => void = () => undefined;
    const circuit = new Circuit(() => new Promise<void>((resolve) => (answer = resolve)));
    expect(circuit.isOpen).toBe(false);
    circuit.open();
    expect(circuit.isOpen).toBe(true);
    answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(circuit.isOpen).toBe(false);
  });

  test('probes one at a time, again and again, until one is answered', async () => {
    let probes = 0;
    const circuit = new Circuit(async () => {
      probes += 1;
      if (probes < 4) throw new Error('not yet');
    });
    circuit.open();
    circuit.open();
    await jest.advanceTimersByTimeAsync(1000);
    expect(probes).toBe(4);
    expect(circuit.isOpen).toBe(false);
  });
});

describe('an error of Redis', () => {
  const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

  test.each([
    'READONLY You can not write',
    'OOM command not allowed',
    'LOADING',
    'CLUSTERDOWN Hash slot',
    'MASTERDOWN Link',
  ])('that starts with %s means unavailable', (message) => expect(isUnavailable(reply(message))).toBe(true));

  test('of the connection means unavailable, of the command a bug', () => {
    expect(isUnavailable(new Error('Connection is closed.'))).toBe(true);
    expect(isUnavailable(reply('WRONGTYPE Operation against a key'))).toBe(false);
    expect(isUnavailable('no error')).toBe(false);
  });
});

import { FakeClock } from '@holdfast/testing';
import { expect, test } from '@jest/globals';
import { Deadlines } from '../deadlines.js';
import { WaitingLine } from './waiting-line.js';

function underTest() {
  const clock = new FakeClock();
  const deadlines = new Deadlines(() => clock.now());
  const line = new WaitingLine(10, 1000, deadlines);
  const gone: string[] = [];
  const join = (name: string, waitsFor: object | null, goes: () => boolean): void => {
    const tryAgain = (): boolean => {
      const went = goes();
      if (went) gone.push(name);
      return went;
    };
    line.join({ waitsFor, tryAgain, waitedTooLong: () => gone.push(`${name} late`) });
  };
  const run = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += Deadlines.tickMs) {
      clock.advance(Deadlines.tickMs);
      deadlines.tick();
      line.tick();
    }
  };
  return { line, gone, join, run };
}

const here = {};
const there = {};

test('P1: who waits for a slow destination does not hold up the others', () => {
  const { line, gone, join } = underTest();
  join('bound', here, () => false);
  join('free', null, () => true);
  join('bound elsewhere', there, () => true);
  line.advance();
  expect([gone, line.length]).toEqual([['free', 'bound elsewhere'], 1]);
});

test('room at one place is for those who may go there, in order', () => {
  const { line, gone, join } = underTest();
  let room = 2;
  const goes = (): boolean => room-- > 0;
  join('bound here', here, goes);
  join('bound there', there, goes);
  join('free', null, goes);
  join('free too', null, goes);
  line.advance(there);
  expect([gone, line.length]).toEqual([['bound there', 'free'], 2]);
});

test('while there is no room anywhere, nobody behind the first is tried', () => {
  const { line, join } = underTest();
  let tried = 0;
  for (const name of ['a', 'b', 'c']) {
    join(name, null, () => {
      tried++;
      return false;
    });
  }
  line.advance();
  expect([tried, line.length]).toEqual([1, 3]);
});

test('one that goes may make room at once, and the line stays in order', () => {
  const { line, gone, join } = underTest();
  const goes = (): boolean => {
    line.advance();
    return true;
  };
  for (const name of ['a', 'b', 'c']) join(name, null, goes);
  line.advance();
  expect([gone, line.length]).toEqual([['a', 'b', 'c'], 0]);
});

test('nobody waits for longer than allowed', () => {
  const { gone, join, run } = underTest();
  join('a', here, () => false);
  run(1000);
  expect(gone).toEqual([]);
  run(100);
  expect(gone).toEqual(['a late']);
});

import { FakeClock } from '@holdfast/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Deadlines, NEVER } from './deadlines.js';

let clock: FakeClock;
let deadlines: Deadlines;
beforeEach(() => {
  clock = new FakeClock();
  deadlines = new Deadlines(() => clock.now());
});

function awaitSomething(delayMs: number): { fired(): number } {
  let fired = 0;
  const item = {
    deadlineMs: deadlines.in(delayMs),
    expired(): void {
      item.deadlineMs = NEVER;
      fired++;
    },
  };
  deadlines.add(item);
  return { fired: () => fired };
}

function run(ms: number): void {
  for (let passed = 0; passed < ms; passed += Deadlines.tickMs) {
    clock.advance(Deadlines.tickMs);
    deadlines.tick();
  }
}

describe('a deadline', () => {
  test('fires once its time has passed, at most one tick late, once', () => {
    const { fired } = awaitSomething(1000);
    run(1000);
    expect(fired()).toBe(0);
    run(100);
    expect(fired()).toBe(1);
    run(5000);
    expect(fired()).toBe(1);
  });

  test('is not brought nearer by the process standing still, whenever it was set', () => {
    const before = awaitSomething(1000);
    clock.advance(60_000);
    // Set within the turn that took so long, on a clock that has not moved yet.
    const during = awaitSomething(1000);
    deadlines.tick();
    run(900);
    expect([before.fired(), during.fired()]).toEqual([0, 0]);
    run(200);
    expect([before.fired(), during.fired()]).toEqual([1, 1]);
  });

  test('leaves the time of day alone: a pause is over when it is over', () => {
    clock.advance(60_000);
    deadlines.tick();
    expect(deadlines.nowMs).toBe(clock.now());
  });
});

import { expect, test } from '@jest/globals';
import { type FileCalls, FileOutput, StreamOutput } from './log-output.js';

type Done = (error: Error | null, written: number) => void;

/** A file whose writes end when the test says so. */
function file() {
  const pending: { readonly text: string; readonly done: Done }[] = [];
  const now: string[] = [];
  const calls: FileCalls = {
    write: (_fd, bytes, done) => void pending.push({ text: bytes.toString(), done }),
    writeSync: (_fd, bytes) => now.push(bytes.toString()) && bytes.length,
  };
  const told: string[] = [];
  return { pending, now, told, output: new FileOutput(1, (because) => told.push(because), calls, 100) };
}

test('U14: lines for a file are written one batch at a time, and none is lost', () => {
  const { output, pending } = file();
  for (const line of ['a\n', 'b\n', 'c\n']) output.write(line);
  expect(pending.map(({ text }) => text)).toEqual(['a\n']);
  pending[0]?.done(null, 2);
  expect(pending.map(({ text }) => text)).toEqual(['a\n', 'b\nc\n']);
  expect(output.dropped).toBe(0);
});

test('U14: a full disk drops lines, counts them and tells once', () => {
  const { output, pending, told } = file();
  output.write('a\n');
  output.write('b\n');
  pending[0]?.done(new Error('ENOSPC: no space left on device, write'), 0);
  pending[1]?.done(new Error('ENOSPC: no space left on device, write'), 0);
  expect(output.dropped).toBe(2);
  expect(told).toEqual(['ENOSPC: no space left on device, write']);
});

test('U14: a line that was cut by a full disk does not swallow the next one', () => {
  const { output, pending } = file();
  output.write('first\n');
  pending[0]?.done(null, 3);
  output.write('second\n');
  expect(pending[1]?.text).toBe('\nsecond\n');
  expect(output.dropped).toBe(1);
});

test('U14: a file whose write never ends keeps a bounded number of lines', () => {
  const { output, pending } = file();
  for (let i = 0; i < 50; i++) output.write('0123456789\n');
  // The first is on its way, nine wait.
  expect(output.dropped).toBe(40);
  expect(pending).toHaveLength(1);
});

test('waiting lines are written before the process ends', () => {
  const { output, now } = file();
  output.write('a\n');
  output.write('b\n');
  output.flush();
  expect(now).toEqual(['b\n']);
});

/** A pipe that takes nothing until it is drained. */
function pipe() {
  const callbacks: ((error?: Error) => void)[] = [];
  let fail: (error: Error) => void = () => {};
  const stream = {
    writableLength: 0,
    write(line: string, written: (error?: Error | null) => void) {
      stream.writableLength += line.length;
      callbacks.push(written);
    },
    on: (_event: 'error', listener: (error: Error) => void) => {
      fail = listener;
    },
  };
  const told: string[] = [];
  const output = new StreamOutput(stream, (because) => told.push(because), 20);
  return { stream, callbacks, told, output, fail: (error: Error) => fail(error) };
}

test('U14: a pipe that nobody reads drops lines beyond a bound, counts them and tells once', () => {
  const { output, told } = pipe();
  for (let i = 0; i < 5; i++) output.write('0123456789');
  expect(output.dropped).toBe(3);
  expect(told).toEqual(['nobody reads it']);
});

test('U14: a closed pipe throws nothing, and what it did not take is counted', () => {
  const { output, callbacks, fail, told } = pipe();
  output.write('line\n');
  callbacks[0]?.(new Error('write EPIPE'));
  fail(new Error('write EPIPE'));
  expect(output.dropped).toBe(1);
  expect(told).toEqual(['write EPIPE']);
});

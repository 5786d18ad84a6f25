import type { ChildProcess } from 'node:child_process';

const MOST_CHARACTERS = 4_000;

/** Reads what a process prints on both of its outputs, so that it never waits for us; the result is its last 4 000 characters so far. */
export function lastOutput(child: ChildProcess): () => string {
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-MOST_CHARACTERS);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return () => output;
}

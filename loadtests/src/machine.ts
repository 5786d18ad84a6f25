import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { findRedisBinary } from '@holdfast/infra';
import type { Results } from './results/results.js';

/** The machine that the comparison ran on. */
export async function describeMachine(k6: string): Promise<Results['machine']> {
  const binary = findRedisBinary();
  const { stdout } = binary === undefined ? { stdout: '' } : await promisify(execFile)(binary, ['--version']);
  return {
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.versions.node,
    k6,
    redis: /v=(\S+)/.exec(stdout)?.[1] ?? 'not known',
  };
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { z } from 'zod';

const loadtests = join(import.meta.dirname, '../..');

/** A program of loadtests/programs, which uses a package in a process of its own, as an app would. */
export interface Program<T> {
  /** Relative to loadtests: `programs/events/throughput.mjs`. */
  readonly file: string;
  readonly options: unknown;
  /** The form of its last line of JSON. */
  readonly prints: z.ZodType<T>;
}

/** The counts that a program prints as its last line of JSON. `onStart` gets the function that ends the program early. */
export async function askProgram<T>(
  { file, options, prints }: Program<T>,
  onStart: (stop: () => void) => void,
): Promise<T> {
  const text = await output([file, JSON.stringify(options)], onStart);
  const parsed = prints.safeParse(JSON.parse(text.trim().split('\n').at(-1) ?? 'null'));
  if (!parsed.success) throw new Error(`the program that counts printed something else: ${text.slice(0, 200)}`);
  return parsed.data;
}

/** The same of a program of loadtests/programs/session, by its name: `lab/races`. */
export function askSessionProgram<T>(
  name: string,
  options: unknown,
  prints: z.ZodType<T>,
  onStart: (stop: () => void) => void,
): Promise<T> {
  return askProgram({ file: `dist/programs/session/${name}.js`, options, prints }, onStart);
}

/** The output of a Node program; rejects with its last lines when it fails. */
async function output(args: readonly string[], onStart: (stop: () => void) => void): Promise<string> {
  const child = spawn(process.execPath, [...args], { cwd: loadtests, stdio: ['ignore', 'pipe', 'pipe'] });
  onStart(() => child.kill('SIGTERM'));
  const printed = { out: '', error: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed.error = (printed.error + chunk.toString()).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`the program that counts ended with ${code}: ${reasonIn(printed.error || printed.out)}`);
  return printed.out;
}

/** The error that a program printed among warnings and a stack, or its whole output. */
function reasonIn(text: string): string {
  return [...text.matchAll(/^\s*(\w*Error: .*)$/gm)].at(-1)?.[1] ?? text;
}

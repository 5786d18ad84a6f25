import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { z } from 'zod';

const root = join(import.meta.dirname, '../../..');

/** A program of a package's bench, which alone may use the package: `events` and `bench/throughput.mjs`; or one of the lab's own. */
export interface PackageProgram<T> {
  readonly of: 'session' | 'events' | 'loadtests';
  readonly file: string;
  readonly options: unknown;
  /** The form of its last line of JSON. */
  readonly prints: z.ZodType<T>;
}

/** The counts that a program prints as its last line of JSON. `onStart` gets the function that ends the program early. */
export async function askProgram<T>(
  { of, file, options, prints }: PackageProgram<T>,
  onStart: (stop: () => void) => void,
): Promise<T> {
  const text = await output(of, [file, JSON.stringify(options)], onStart);
  const parsed = prints.safeParse(JSON.parse(text.trim().split('\n').at(-1) ?? 'null'));
  if (!parsed.success) throw new Error(`the program that counts printed something else: ${text.slice(0, 200)}`);
  return parsed.data;
}

/** The same of a program of the session's bench, which is built once before. */
export async function askSessionBench<T>(
  program: string,
  options: unknown,
  prints: z.ZodType<T>,
  onStart: (stop: () => void) => void,
): Promise<T> {
  return askProgram({ of: 'session', file: await sessionBenchFile(program), options, prints }, onStart);
}

/** The path of such a program. */
export async function sessionBenchFile(program: string): Promise<string> {
  built ??= output('session', [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.bench.json']);
  await built;
  return join(root, `packages/session/dist/bench/${program}.js`);
}

let built: Promise<unknown> | undefined;

/** The output of a Node program of the package; rejects with its last lines when it fails. */
async function output(
  of: PackageProgram<unknown>['of'],
  args: readonly string[],
  onStart: (stop: () => void) => void = () => undefined,
): Promise<string> {
  const cwd = of === 'loadtests' ? join(root, of) : join(root, 'packages', of);
  const child = spawn(process.execPath, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
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

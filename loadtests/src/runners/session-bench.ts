import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const packageDir = join(root, 'packages/session');

/**
 * The counts of a program of the session package's bench, printed as its last line of JSON. The programs are part of that bench, since
 * only it may use the session and test servers. `onStart` gets the function that ends the program early.
 */
export async function askSessionBench<T>(
  program: string,
  options: unknown,
  schema: z.ZodType<T>,
  onStart: (stop: () => void) => void,
): Promise<T> {
  await build();
  const text = await output([`dist/bench/${program}.js`, JSON.stringify(options)], onStart);
  const parsed = schema.safeParse(JSON.parse(text.trim().split('\n').at(-1) ?? 'null'));
  if (!parsed.success) throw new Error(`the program that counts printed something else: ${text.slice(0, 200)}`);
  return parsed.data;
}

let built: Promise<unknown> | undefined;
function build(): Promise<unknown> {
  built ??= output([join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.bench.json']);
  return built;
}

/** The output of a Node program of the session package; rejects with its last lines when it fails. */
async function output(args: readonly string[], onStart: (stop: () => void) => void = () => undefined): Promise<string> {
  const child = spawn(process.execPath, [...args], { cwd: packageDir, stdio: ['ignore', 'pipe', 'pipe'] });
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

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { BAD_ARGUMENTS, readFlags } from '../cli/bad-arguments.js';
import { type Answers, firstFile, QUESTIONS } from './first-file.js';
import { readAppFile } from './read-app-file.js';

const USUAL_PATH = 'my-app.yaml';

/**
 * `npm run lab -- init [file] [--start …]`: writes a first file for an app. Questions without a flag are asked on a terminal;
 * elsewhere they get the usual answers. Never replaces a file. Resolves with the exit code.
 */
export async function initCommand(argv: readonly string[]): Promise<number> {
  const flags = Object.fromEntries(QUESTIONS.map(({ key }) => [key, { type: 'string' as const }]));
  let given: Record<string, string | undefined>;
  let paths: string[];
  try {
    const parsed = readFlags({ args: [...argv], allowPositionals: true, options: flags });
    given = parsed.values as Record<string, string | undefined>;
    paths = parsed.positionals;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const [path = USUAL_PATH, ...more] = paths;
  if (more.length > 0) return refuse(`name one file; "${more[0]}" is a second one`);
  const answers = await ask(given);
  const text = firstFile(answers);
  const full = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  const { mistakes } = readAppFile(full, text);
  if (mistakes.length > 0) return refuse(mistakes.join('\n'));
  try {
    await writeFile(full, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      code === 'EEXIST' ? `${path} is there already; name another file` : `${path} cannot be written: ${code}`,
    );
  }
  console.log(`${path} was written. Next:`);
  console.log(`  npm run lab -- check ${path}`);
  console.log(`  npm run compare -- --app ${path} --quick`);
  return 0;
}

async function ask(given: Readonly<Record<string, string | undefined>>): Promise<Answers> {
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  const answers: Record<string, string> = {};
  for (const { key, asks, usual } of QUESTIONS)
    answers[key] = given[key] ?? ((await terminal?.question(`${asks} [${usual}] `))?.trim() || usual);
  terminal?.close();
  return answers as unknown as Answers;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\nFlags: ${QUESTIONS.map(({ key }) => `--${key}`).join(' ')}\n`);
  return BAD_ARGUMENTS;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { waitFor } from '@holdfast/testing';
import { afterAll, expect, test } from '@jest/globals';
import { type Results, resultsSchema } from '../src/results/results.js';

const root = join(import.meta.dirname, '../..');
const results = join(root, 'loadtests/results');
const k6 = await obtainK6(process.env.DATA_DIR || join(root, '.data')).catch(() => undefined);
const before = new Set(existsSync(results) ? readdirSync(results) : []);
const ours = (): string[] => (existsSync(results) ? readdirSync(results).filter((name) => !before.has(name)) : []);

afterAll(() => {
  for (const name of ours()) rmSync(join(results, name), { recursive: true, force: true });
});

function compare(...argv: string[]): ChildProcess {
  return start('cli.js', ...argv);
}

function start(program: string, ...argv: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'loadtests/dist', program), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function read(folder: string): Results {
  return resultsSchema.parse(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')));
}

(k6 === undefined ? test.skip : test)(
  'an interrupted comparison leaves its results and nothing running, and goes on where it was',
  async () => {
    const child = compare(
      '--quick',
      '--scenario',
      'sticky-cookie-local,ip-hash-local',
      '--fault',
      'none',
      '--repeat',
      '1',
    );
    const folder = await waitFor(
      () =>
        ours()
          .map((name) => join(results, name))
          .find((path) => existsSync(join(path, 'results.json')) && read(path).runs.length > 0),
      { timeoutMs: 150_000 },
    );
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    const partial = read(folder);
    expect(partial).toMatchObject({ finished: false, plannedRuns: 2 });
    expect(partial.runs).toHaveLength(1);
    expect(existsSync(join(folder, 'report.html'))).toBe(true);

    const resumed = compare('--resume', folder);
    const [code] = await once(resumed, 'exit');
    const whole = read(folder);
    // On a busy machine no run may be valid, which the exit code says.
    expect(code).toBe(whole.runs.some(({ valid }) => valid) ? 0 : 1);
    expect(whole).toMatchObject({ finished: true, startedAt: partial.startedAt });
    expect(whole.runs.map(({ arm }) => arm).sort()).toEqual(['ip-hash-local', 'sticky-cookie-local']);
    expect(whole.runs[0]).toEqual(partial.runs[0]);

    // From the file alone: judged and drawn again, compared with itself.
    const again = compare('--from', join(folder, 'results.json'), '--against', join(folder, 'results.json'));
    expect((await once(again, 'exit'))[0]).toBe(code);
    expect(read(folder)).toEqual(whole);
  },
  400_000,
);

test('a comparison that is interrupted before its first run leaves a report that says so, which can be read', async () => {
  const known = new Set(ours());
  const child = compare('--quick', '--scenario', 'round-robin-cached', '--fault', 'none');
  const folder = await waitFor(
    () =>
      ours()
        .filter((name) => !known.has(name))
        .map((name) => join(results, name))
        .find((path) => existsSync(join(path, 'results.json'))),
    { timeoutMs: 60_000 },
  );
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect(read(folder)).toMatchObject({ finished: false, runs: [] });
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatch(/^\*\*Interrupted\*\*: 0 of \d+ runs were made/);
  // Read as --resume does; without a valid run the exit code is 1.
  const again = compare('--from', join(folder, 'results.json'));
  expect((await once(again, 'exit'))[0]).toBe(1);
}, 120_000);

test.each([
  ['cli.js', ['--nonsense'], '"--nonsense" is no flag of this command'],
  ['cli.js', ['--from', '/nowhere/results.json'], '/nowhere/results.json cannot be read'],
  ['cli.js', ['--from', join(root, 'package.json')], 'is no results.json of this version'],
  ['cli.js', ['--resume', '/nowhere'], '/nowhere/results.json cannot be read'],
  [
    'cli.js',
    ['--quick', '--fault', 'freeze'],
    'No experiment of the quick set has --fault freeze; choose others, or --deep',
  ],
  ['cli.js', ['--app'], '--app needs a value; write --app <value>'],
  ['lab.js', ['list', '--bogus'], '"--bogus" is too much'],
  ['lab.js', ['show', 'crash', '--bogus'], '"--bogus" is no flag of this command'],
  ['lab.js', ['run', 'effort', '--blocks', '0'], '--blocks "0" must be a whole number from 1 to 100'],
  ['lab.js', ['run', 'effort', '--engine', 'nginx'], 'choose others with --engine'],
  ['lab.js', ['init', '--start'], '--start needs a value'],
  ['lab.js', ['check', '--bogus'], '"--bogus" is too much'],
  ['lab.js', ['claims', '--bogus'], '"--bogus" is no flag of this command; choose from --from'],
  ['lab.js', ['claims', '--from', '/nowhere/results.json'], '/nowhere/results.json cannot be read'],
  ['lab.js', ['plan', '--users', '0', '--rps', '1', '--replicas', '1'], '--users "0"'],
  ['lab.js', ['measure-costs', '--write=yes'], '--write takes no value'],
  ['bench.js', ['session', '--only', 'nothing'], '--only "nothing" is unknown'],
])(
  'bad arguments and unreadable files end with 2 and one sentence: %s %j',
  async (program, argv, sentence) => {
    const child = start(program, ...argv);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(said).toContain(sentence);
    // A stack trace is for us.
    expect(said).not.toContain('    at ');
  },
  120_000,
);

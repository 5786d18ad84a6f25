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
  return spawn(process.execPath, [join(root, 'loadtests/dist/cli.js'), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
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
          .find((path) => existsSync(join(path, 'results.json'))),
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

test('bad arguments and unreadable files end with 2 and a sentence', async () => {
  for (const [argv, sentence] of [
    [['--nonsense'], '--nonsense'],
    [['--from', '/nowhere/results.json'], '/nowhere/results.json cannot be read'],
    [['--from', join(root, 'package.json')], 'is no results.json of this version'],
  ] as const) {
    const child = compare(...argv);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(said).toContain(sentence);
  }
}, 60_000);

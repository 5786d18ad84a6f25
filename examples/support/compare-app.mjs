import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = join(import.meta.dirname, '../..');
// 36 users of whom none is lost are the fewest that decide "at most a tenth is lost" at 95 %; 37 are no multiple of the servers.
const LOAD = '{ users: 37, warmUp: 3s, measure: 5s }';

/**
 * `npm run compare -- --app app.yaml` of an example, with the smallest load that decides. `path` goes before PATH. Returns two
 * functions: `run` gives the numbers of an arm, before or after a server was killed; `nobodyLoggedOut` gives the lab's verdict
 * on that sentence for both times, null where it could not tell.
 */
export async function compareApp(folder, arms, { path } = {}) {
  const scratch = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  try {
    const file = join(scratch, 'app.yaml');
    const text = await readFile(join(folder, 'app.yaml'), 'utf8');
    await writeFile(file, `${text}folder: ${JSON.stringify(folder)}\nload: ${LOAD}\n`);
    const words = ['--app', file, '--repeat', '1', '--scenario', arms.join(',')];
    const { runs, verdicts } = await resultsOf(words, path);
    return {
      nobodyLoggedOut: (routing, variant) =>
        ['while all servers live', 'when a server dies'].map((when) => {
          const claim = `${routing} with ${variant}: nobody is logged out ${when}.`;
          return verdicts.find((verdict) => verdict.claim === claim)?.holds;
        }),
      run: (arm, phase) => {
        const run = runs.find((run) => run.arm === arm && run.phase === phase);
        if (!run?.valid) throw new Error(`no valid run of ${arm}, ${phase}: ${run?.invalidBecause}`);
        return run;
      },
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function resultsOf(words, path) {
  const env = { ...process.env, ...(path !== undefined && { PATH: `${path}:${process.env.PATH}` }) };
  const { out, err } = await new Promise((done) => {
    const cli = [join(root, 'loadtests/dist/cli.js'), ...words];
    execFile(process.execPath, cli, { cwd: root, env }, (_, out, err) => done({ out, err }));
  });
  const [, report] = /^(\S+report\.html) has the pictures/m.exec(out) ?? [];
  if (report === undefined) throw new Error(err + out);
  const results = dirname(resolve(root, report));
  try {
    return JSON.parse(await readFile(join(results, 'results.json'), 'utf8'));
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

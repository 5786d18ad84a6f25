// `npm run bench [-- <workspace> [arguments]]`: runs the `bench` script of the workspaces that have one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, fail, install } from './prepare.mjs';
import { root } from './root.mjs';

const [wanted, ...rest] = process.argv.slice(2);
const benches = findBenches();
const chosen = wanted === undefined ? benches : benches.filter(({ short }) => short === wanted);
if (chosen.length === 0) {
  fail(`There is no benchmark "${wanted}"; there are ${benches.map(({ short }) => short).join(', ') || 'none yet'}.`);
}
await install();
await build();
for (const { name } of chosen) {
  const args = ['run', '--silent', '--workspace', name, 'bench', ...(rest.length > 0 ? ['--', ...rest] : [])];
  const { status } = spawnSync('npm', args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Workspaces with a `bench` script; `short` is the folder's name. */
function findBenches() {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  );
  return [...folders, 'loadtests'].flatMap((folder) => {
    const path = join(root, folder, 'package.json');
    if (!existsSync(path)) return [];
    const { name, scripts } = JSON.parse(readFileSync(path, 'utf8'));
    return scripts?.bench === undefined ? [] : [{ name, short: folder.split('/').at(-1) }];
  });
}

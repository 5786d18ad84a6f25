// `npm run test:examples`: every file `*.test.mjs` under `examples/`, by Node's test runner. Words after it keep the examples whose
// name has one of them. A test gets the interpreters that it needs, and skips with a loud line what cannot be had.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';
import { obtainTestTools } from './test-tools.mjs';

endWithNpm();
await install();
await build();
const words = process.argv.slice(2);
const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.mjs') && !path.includes('node_modules'))
  .filter((path) => words.length === 0 || words.some((word) => path.split('/')[0]?.includes(word)))
  .sort();
if (files.length === 0) fail(`No example has ${words.join(' or ')} in its name and a test (examples/*/**/*.test.mjs).`);
const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const { env } = await obtainTestTools(dataDir, ['redis']);
const failed = [];
for (const file of files) if (!(await passes(file))) failed.push(file);
if (failed.length > 0 && process.env.CI) {
  // As for all tests with real servers and clocks (CONTRIBUTING.md).
  for (const file of failed.splice(0)) {
    console.log(`▸ second try: ${file}`);
    if (await passes(file)) console.log(`⚠ passed only on its second try: ${file}`);
    else failed.push(file);
  }
}
for (const file of failed) console.log(`✗ examples/${file}`);
process.exit(failed.length === 0 ? 0 : 1);

/** @param {string} file */
async function passes(file) {
  const args = ['--test', '--test-reporter=spec', join('examples', file)];
  return (await runShown(process.execPath, args, { ...turboEnv(), ...env, DATA_DIR: dataDir })) === 0;
}

// `npm run release`: publishes each public package whose version the registry does not have yet. With `-- --dry-run` it does everything
// but the upload, and needs no account. docs/release.md has the steps around it.
import { spawnSync } from 'node:child_process';
import { build, fail, install } from './prepare.mjs';
import { publishedPackages } from './published-packages.mjs';
import { root } from './root.mjs';

const unknown = process.argv.slice(2).filter((flag) => flag !== '--dry-run');
if (unknown.length > 0) fail(`npm run release does not know ${unknown.join(' ')}. It takes --dry-run.`);
const dryRun = process.argv.includes('--dry-run');

if (run('git', ['status', '--porcelain']).stdout !== '')
  fail('The folder has changes that are not committed. Commit them first.');
await install();
await build();
const api = run(process.execPath, ['infra/bin/api-report.mjs']);
if (api.status !== 0) fail(api.stdout + api.stderr);

let published = 0;
for (const { name, version, folder } of publishedPackages()) {
  if (run('npm', ['view', `${name}@${version}`, 'version']).stdout.trim() === version) {
    console.log(`… ${name}@${version} is published already`);
    continue;
  }
  // Provenance needs the identity that a workflow has; the dry run of a person has none.
  const args = ['publish', '--access', 'public', ...(dryRun ? ['--dry-run'] : ['--provenance'])];
  const { status, stdout, stderr } = run('npm', args, folder);
  if (status !== 0) fail(`${name}@${version} was not published:\n${stdout}${stderr}`);
  const size = /package size:\s*(.*)/.exec(stderr)?.[1] ?? '';
  const files = /total files:\s*(.*)/.exec(stderr)?.[1] ?? '';
  console.log(`✓ ${name}@${version}: ${files} files, ${size}${dryRun ? ', not uploaded' : ''}`);
  published++;
}
console.log(dryRun ? `${published} packages would be published` : `${published} packages published`);

/** @param {string} file @param {string[]} args @param {string} [cwd] */
function run(file, args, cwd = root) {
  return spawnSync(file, args, { cwd, encoding: 'utf8' });
}

// `npm run test:express-suite`: express-session's own suite, fetched, with RedisSessionStore in place of its MemoryStore, on a
// Redis of its own. EXPRESS_SESSION_SUITE=<folder> takes a checkout of v1.19.0 instead of fetching one.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, fail, install } from '../../../../infra/bin/prepare.mjs';
import { listedFailures, mistakesOf } from './verdict.mjs';

const VERSION = '1.19.0';
const ARCHIVE = 'https://codeload.github.com/expressjs/session/tar.gz/c10b2a383841766899f6dcf53c8aff8c7fd3d2e7';
const FETCH_TIMEOUT_MS = 30_000;
const SUITE_TIMEOUT_MS = 300_000;
const TOOLS = ['after', 'cookie-parser', 'express', 'mocha', 'supertest'];

const require = createRequire(import.meta.url);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-express-suite-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const installed = require('express-session/package.json').version;
if (installed !== VERSION)
  fail(`express-session ${installed} is installed; this command knows the suite of ${VERSION}.`);
const suite = process.env.EXPRESS_SESSION_SUITE || (await fetchSuite());
const { version, devDependencies } = JSON.parse(readFileSync(join(suite, 'package.json'), 'utf8'));
if (version !== VERSION) fail(`EXPRESS_SESSION_SUITE: ${suite} is version ${version}; give a checkout of v${VERSION}.`);
await install();
await build(['@holdfast/session', '@holdfast/testing']);

const place = join(scratch, 'place');
mkdirSync(join(place, 'session'), { recursive: true });
cpSync(join(suite, 'test'), join(place, 'test'), { recursive: true });
mkdirSync(join(place, 'test', 'fixtures'), { recursive: true });
const requiring = (/** @type {string} */ path) => `module.exports = require(${JSON.stringify(path)});\n`;
writeFileSync(join(place, 'index.js'), requiring(here('our-store.cjs')));
writeFileSync(join(place, 'session', 'cookie.js'), requiring(require.resolve('express-session/session/cookie')));
writeFileSync(
  join(place, 'package.json'),
  JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(TOOLS.map((name) => [name, devDependencies[name]])),
  }),
);
const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
  cwd: place,
  encoding: 'utf8',
});
if (npm.status !== 0) without(`mocha and the other tools of the suite cannot be installed: ${npm.stderr.trim()}`);
// The certificate of its one test over TLS.
const certificate = spawnSync('sh', ['test/support/gencert.sh'], { cwd: place, encoding: 'utf8' });
if (certificate.status !== 0) without(`openssl, which its test over TLS needs, failed: ${certificate.stderr.trim()}`);

const { startRedis } = await import('@holdfast/testing');
const redis = await startRedis();
const report = join(scratch, 'report.json');
const args = ['--require', 'test/support/env', '--check-leaks', '--exit'];
const mocha = spawnSync(
  process.execPath,
  [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    ...args,
    '--reporter',
    'json',
    '--reporter-option',
    `output=${report}`,
    'test/',
  ],
  {
    cwd: place,
    encoding: 'utf8',
    timeout: SUITE_TIMEOUT_MS,
    env: { ...process.env, EXPRESS_SUITE_REDIS_URL: redis.url },
  },
);
await redis.stop();
if (!existsSync(report)) fail(`mocha wrote no report:\n${mocha.stdout}\n${mocha.stderr}`);

const { tests } = JSON.parse(readFileSync(report, 'utf8'));
const listed = listedFailures(readFileSync(here('../../../../docs/session.md'), 'utf8'));
const mistakes = mistakesOf(tests, listed);
const failures = tests.filter((/** @type {{ err: object }} */ { err }) => Object.keys(err).length > 0);
console.log(
  `express-session ${VERSION} on RedisSessionStore: ${tests.length - failures.length} of ${tests.length} pass`,
);
for (const { fullTitle } of failures) console.log(`  ${fullTitle}: ${listed.get(fullTitle) ?? 'not listed'}`);
for (const mistake of mistakes) console.error(`✗ ${mistake}`);
process.exit(mistakes.length === 0 ? 0 : 1);

async function fetchSuite() {
  const archive = await fetch(ARCHIVE, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    .then(async (response) => {
      if (response.ok) return Buffer.from(await response.arrayBuffer());
      return without(`GitHub answers ${response.status}`);
    })
    .catch((/** @type {Error} */ error) => without(`GitHub cannot be reached (${error.cause ?? error.message})`));
  const folder = join(scratch, 'suite');
  mkdirSync(folder);
  const tar = spawnSync('tar', ['xz', '-C', folder, '--strip-components=1'], { input: archive });
  if (tar.status !== 0) fail(`The archive of the suite cannot be unpacked: ${tar.stderr}`);
  return folder;
}

/** What cannot be had is said loudly and fails nothing. @param {string} because @returns {never} */
function without(because) {
  console.error(
    `!!! WITHOUT EXPRESS-SESSION'S OWN SUITE: ${because}. To run it, set EXPRESS_SESSION_SUITE to a checkout of v${VERSION}.`,
  );
  process.exit(0);
}

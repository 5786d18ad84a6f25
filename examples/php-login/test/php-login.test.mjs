import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { obtainK6, obtainPhp } from '@holdfast/infra';
import { compareApp } from '../../support/compare-app.mjs';
import { had } from '../../support/had.mjs';

const k6 = await had('K6', () => obtainK6(process.env.DATA_DIR));
const php = await had('PHP WITH REDIS', () => obtainPhp());

test("the lab judges PHP's own sessions rightly, in files and in Redis, and sees what a lock keeps", {
  skip: k6.missing || php.missing,
}, async () => {
  const arms = ['round-robin-files', 'cookie-files', 'round-robin-redis', 'round-robin-redis-locking'];
  const folder = join(import.meta.dirname, '..');
  const { run, nobodyLoggedOut } = await compareApp(folder, arms, { path: dirname(php.value) });
  assert.equal(nobodyLoggedOut('round-robin', 'files')[0], false);
  assert.deepEqual(nobodyLoggedOut('cookie', 'files'), [true, false]);
  for (const shared of ['redis', 'redis-locking'])
    assert.deepEqual(nobodyLoggedOut('round-robin', shared), [true, true], shared);

  // Whoever asked for something in these few seconds.
  assert.ok(run('round-robin-files', 'before').loggedOut >= 18);
  assert.equal(run('round-robin-files', 'before').failedRequests, 0);

  assert.equal(run('cookie-files', 'before').loggedOut, 0);
  assert.equal(run('cookie-files', 'before').counted.writesLost.hit, 0);
  const { loggedOut, counted } = run('cookie-files', 'after');
  assert.ok(loggedOut >= 6 && loggedOut <= 18, `about a third of 36 users is logged out by a kill: ${loggedOut}`);
  assert.equal(counted['loggedOut.unbound'].hit, 0);

  for (const phase of ['before', 'after']) {
    for (const arm of ['round-robin-redis', 'round-robin-redis-locking'])
      assert.equal(run(arm, phase).loggedOut, 0, `${arm}, ${phase}`);
    assert.ok(run('round-robin-redis', phase).counted.writesLost.hit > 0, phase);
    assert.equal(run('round-robin-redis-locking', phase).counted.writesLost.hit, 0, phase);
  }
});

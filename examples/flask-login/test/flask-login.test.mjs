import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { obtainK6, obtainPython } from '@holdfast/infra';
import { compareApp } from '../../support/compare-app.mjs';
import { had } from '../../support/had.mjs';

const { DATA_DIR } = process.env;
const k6 = await had('K6', () => obtainK6(DATA_DIR));
const python = await had('PYTHON WITH FLASK', () => obtainPython(['flask', 'flask_session', 'redis'], DATA_DIR));

test('the lab judges a Flask app rightly that answers 302 without login', {
  skip: k6.missing || python.missing,
}, async () => {
  const arms = ['round-robin-memory', 'cookie-memory', 'round-robin-signed-cookie', 'round-robin-redis'];
  const folder = join(import.meta.dirname, '..');
  const { run, nobodyLoggedOut } = await compareApp(folder, arms, { path: dirname(python.value) });
  assert.equal(nobodyLoggedOut('round-robin', 'memory')[0], false);
  assert.deepEqual(nobodyLoggedOut('cookie', 'memory'), [true, false]);
  for (const shared of ['signed-cookie', 'redis'])
    assert.deepEqual(nobodyLoggedOut('round-robin', shared), [true, true], shared);

  // Whoever asked for something in these few seconds.
  assert.ok(run('round-robin-memory', 'before').loggedOut >= 18);
  assert.equal(run('round-robin-memory', 'before').failedRequests, 0);

  assert.equal(run('cookie-memory', 'before').loggedOut, 0);
  const { loggedOut, counted } = run('cookie-memory', 'after');
  assert.ok(loggedOut >= 6 && loggedOut <= 18, `about a third of 36 users is logged out by a kill: ${loggedOut}`);
  assert.equal(counted['loggedOut.unbound'].hit, 0);

  for (const arm of ['round-robin-signed-cookie', 'round-robin-redis'])
    for (const phase of ['before', 'after']) {
      assert.equal(run(arm, phase).loggedOut, 0, `${arm}, ${phase}`);
      assert.equal(run(arm, phase).counted.writesLost.hit, 0, `${arm}, ${phase}`);
    }
});

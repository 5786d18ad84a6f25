// What the README says of a stock Express app, in its smallest form.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { obtainK6 } from '@holdfast/infra';
import { compareApp } from '../../support/compare-app.mjs';
import { had } from '../../support/had.mjs';

const ARMS = ['round-robin-memory', 'cookie-memory', 'round-robin-connect-redis', 'round-robin-holdfast'];

const k6 = await had('K6', () => obtainK6(process.env.DATA_DIR));

test('memory needs a cookie and loses the users of a killed server; a store loses nobody, and ours no parallel write', {
  skip: k6.missing,
}, async () => {
  const { run, nobodyLoggedOut } = await compareApp(join(import.meta.dirname, '..'), ARMS);
  assert.deepEqual(nobodyLoggedOut('round-robin', 'memory'), [false, false]);
  assert.deepEqual(nobodyLoggedOut('cookie', 'memory'), [true, false]);
  const { counted, cost } = run('cookie-memory', 'after');
  assert.equal(counted['loggedOut.unbound'].hit, 0);
  assert.equal(counted['loggedOut.bound'].hit, counted['loggedOut.bound'].of);
  // A shell in front of a server costs nothing, and is not the server.
  assert.ok(cost.servers === null || cost.servers > 0);
  assert.deepEqual(nobodyLoggedOut('round-robin', 'connect-redis'), [true, true]);
  assert.deepEqual(nobodyLoggedOut('round-robin', 'holdfast'), [true, true]);
  for (const arm of ARMS) {
    const { hit } = run(arm, 'before').counted.writesLost;
    if (arm === 'round-robin-holdfast') assert.equal(hit, 0);
    else assert.ok(hit > 0, `${arm} loses parallel writes`);
  }
  assert.equal(run('round-robin-holdfast', 'after').counted.writesLost.hit, 0);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { waitFor } from '@holdfast/testing';
import { afterEach, expect, test } from '@jest/globals';
import { chatUnderFault } from '../src/experiments/chat-under-faults.js';
import { freePorts } from '../src/system/free-ports.js';
import { RunningSystem } from '../src/system/running-system.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');
const killed = 'chat-2';

// `npm test` says loudly when it could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);
let undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

/** How many sockets an instance has, by its own metrics. */
async function socketsOf(system: RunningSystem, id: string): Promise<number> {
  const port = (await system.processes()).find((process) => process.id === id)?.port;
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^chat_sockets (\d+)/m.exec(metrics)?.[1]);
}

(k6 === undefined ? test.skip : test)(
  'with k6 on the real system, a killed chat instance costs its members nothing but a reconnection',
  async () => {
    if (k6 === undefined) return;
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-chat-'));
    undo.push(() => rm(dir, { recursive: true, force: true }));
    const [gateway = 0, admin = 0] = await freePorts(2);
    const system = new RunningSystem(['round-robin-cached'], join(dir, 'data'), { gateway, admin });
    undo.push(() => system.stop());
    await system.ready;
    const run = await chatUnderFault(
      {
        ...{ k6, dir, baseUrl: system.url('round-robin-cached'), control: { fleet: system } },
        dose: {
          ...{ users: 12, rooms: 2, sayFromMs: 5_000, faultAtMs: 7_000 },
          ...{ afterFaultMs: 5_000, answerMs: 4_000, patienceMs: 30_000, pauseMs: 500 },
        },
        onK6: (child) => void undo.push(async () => void child.kill('SIGTERM')),
      },
      {
        ...{ name: 'F15', title: 'one instance is killed', lastsMs: 0, cutsOff: true },
        midway: {
          async inject() {
            // On a slow machine users may still be on their way.
            await waitFor(async () => (await socketsOf(system, killed)) > 0, { timeoutMs: 30_000 });
            await system.kill(killed);
          },
          heal: async () => undefined,
        },
      },
    );
    expect(run).toMatchObject({ lost: 0, admitted: 0, duplicated: 0, reordered: 0, told: 0 });
    expect(run.acknowledged).toBeGreaterThan(0);
    expect(run.delivered).toBeGreaterThanOrEqual(6 * run.acknowledged);
    expect(run.reconnections).toBeGreaterThan(0);
    expect(run.backMs).not.toBeNull();
  },
  240_000,
);

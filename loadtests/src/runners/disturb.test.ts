import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineDisturbance } from '../disturbances/disturbance.js';
import type { Control } from '../systems/control.js';
import { disturbAtTheirTimes } from './disturb.js';

const control: Control = { servers: new Map(), scale: async () => undefined };
const deploy = defineDisturbance<true>({
  ...{ id: 'deploy', title: 'every server is replaced', needs: ['servers'], options: z.literal(true) },
  ...{ targets: () => ['server-1'], disturb: async () => undefined, heal: async () => undefined },
});
const planned = [{ atMs: 0, disturbance: deploy, options: true }];
const disturb = (closingMs: number, onBegin: Parameters<typeof disturbAtTheirTimes>[4] = () => undefined) =>
  disturbAtTheirTimes(
    ...([planned, control, { startAtMs: Date.now() - 5_000, closingMs }] as const),
    ...([new AbortController().signal, onBegin] as const),
  );

test('a disturbance is told when it begins, and confirmed when it was over within the measured time', async () => {
  const begun: unknown[] = [];
  expect(await disturb(60_000, (disturbance, n) => begun.push([n, disturbance.id]))).toMatchObject({
    happened: [{ id: 'deploy', target: 'server-1' }],
    failed: undefined,
  });
  expect(begun).toEqual([[0, 'deploy']]);
});

test('a disturbance that took longer than the measured time is not confirmed', async () => {
  const { happened, failed } = await disturb(1_000);
  expect(happened).toHaveLength(1);
  expect(failed).toMatch(/^deploy was over \d+ ms after the measured time$/);
});

import { join } from 'node:path';
import type { FleetPlan } from '@holdfast/fleet';
import type { System } from '@holdfast/system';
import { READER_UPSTREAM } from '../system/upstreams.js';
import { findReader } from './find-reader.js';

/** The scenarios' fleet whose sessions the reader reads. */
export const READS_FLEET = 'cached';

/**
 * The reader as an app of the fleet, with no replica: the page's story starts one when it needs it (`POST /fleet/reader/scale`). None where
 * the fleet whose sessions it reads does not run, or where neither language has a Redis client.
 */
export async function readerApps(
  system: System,
  {
    root,
    fleets,
    env,
  }: { readonly root: string; readonly fleets: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<FleetPlan['apps']> {
  if (!fleets.includes(READS_FLEET)) return [];
  const reader = await findReader();
  if (reader === undefined) return [];
  const { app, fleet } = READER_UPSTREAM;
  const prefix = system.fleets[READS_FLEET]?.env.KEY_PREFIX ?? 'hf:';
  return [
    {
      ...{ app, fleet, idPrefix: reader.language, replicas: 0, scaledAlone: true },
      command: process.execPath,
      args: [join(import.meta.dirname, 'serve-reader.js')],
      cwd: join(root, reader.folder),
      env: {
        ...env,
        SESSION_PREFIX: `${prefix}session:`,
        READER_COMMAND: JSON.stringify([reader.command, ...reader.args]),
      },
    },
  ];
}

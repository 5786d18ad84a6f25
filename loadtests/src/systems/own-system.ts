import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { RunningSystem } from './running-system.js';

/** Has a system of its own with one scenario, in a folder of its own, do something, and ends it. `onStart` gets what ends it early. */
export async function withOwnSystem<T>(
  scenario: string,
  env: Readonly<Record<string, string>>,
  onStart: (stop: () => void | Promise<void>) => void,
  act: (system: RunningSystem) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-system-'));
  const [gateway = 0, admin = 0] = await freePorts(2);
  const system = new RunningSystem([scenario], join(dir, 'data'), { gateway, admin }, env);
  const end = async () => {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  };
  onStart(end);
  try {
    await system.ready;
    return await act(system);
  } finally {
    await end();
  }
}

import { fileURLToPath } from 'node:url';
import { readSystem, type System } from '@holdfast/system';

/** The system file of this repository. */
export const SYSTEM_PATH = fileURLToPath(new URL('../../system.yaml', import.meta.url));

/** Reads the system of this repository. */
export function readOwnSystem(): System {
  return readSystem(SYSTEM_PATH);
}

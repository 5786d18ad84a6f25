import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// A relative DATA_DIR is meant from there, in whatever folder a program that inherits it runs.
if (process.env.DATA_DIR) process.env.DATA_DIR = resolve(root, process.env.DATA_DIR);

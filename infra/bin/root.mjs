import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// A relative path is meant from there, in whatever folder a program that inherits it runs.
for (const name of ['DATA_DIR', 'K6_BIN', 'TOXIPROXY_BIN', 'CHROMIUM_BIN']) {
  const path = process.env[name];
  if (path) process.env[name] = resolve(root, path);
}

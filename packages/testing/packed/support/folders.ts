/** A stranger's project: its framework, client, topology and TypeScript settings. */
export interface Folder {
  readonly app: keyof typeof APPS;
  readonly client: keyof typeof CLIENTS;
  readonly topology: 'single' | 'cluster';
  readonly settings: keyof typeof SETTINGS;
  /** The package is installed from its tarball, as the README shows, and not from a registry. */
  readonly tarball?: boolean;
}

/** `file` is the source under `apps/`, `type` the kind of modules that the project is written in. */
export const APPS = {
  'Express 4': {
    file: 'express.ts',
    type: 'commonjs',
    dependencies: { express: '^4.21.0', '@types/express': '^4.17.0' },
  },
  'Express 5': { file: 'express.ts', type: 'module', dependencies: { express: '^5.0.0', '@types/express': '^5.0.0' } },
  'Nest 11': { file: 'nest.ts', type: 'commonjs', dependencies: nest('^11.0.0') },
  'Nest 12': { file: 'nest.ts', type: 'module', dependencies: nest('^12.0.0') },
} as const;

export const CLIENTS = {
  'ioredis 5': { file: 'ioredis.ts', dependencies: { ioredis: '^5.0.0' } },
  'ioredis 6': { file: 'ioredis.ts', dependencies: { ioredis: '^6.0.0' } },
  'node-redis 5': { file: 'node-redis.ts', dependencies: { redis: '^5.0.0' } },
} as const;

export const SETTINGS = {
  node10: { module: 'commonjs', moduleResolution: 'node10' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  bundler: { module: 'es2022', moduleResolution: 'bundler' },
} as const;

/** Every application, client and topology twice at least, and every pair of an application or client with a topology. */
export const FOLDERS: readonly Folder[] = [
  { app: 'Express 4', client: 'ioredis 5', topology: 'single', settings: 'node10', tarball: true },
  { app: 'Express 4', client: 'node-redis 5', topology: 'cluster', settings: 'node16' },
  { app: 'Express 5', client: 'ioredis 6', topology: 'cluster', settings: 'node16' },
  { app: 'Express 5', client: 'node-redis 5', topology: 'single', settings: 'bundler' },
  { app: 'Nest 11', client: 'ioredis 5', topology: 'cluster', settings: 'node10' },
  { app: 'Nest 11', client: 'ioredis 6', topology: 'single', settings: 'node16' },
  { app: 'Nest 12', client: 'node-redis 5', topology: 'cluster', settings: 'node16' },
  { app: 'Nest 12', client: 'ioredis 5', topology: 'single', settings: 'bundler' },
];

function nest(range: string) {
  return {
    '@nestjs/common': range,
    '@nestjs/core': range,
    '@nestjs/platform-express': range,
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.8.0',
    '@types/express': '^5.0.0',
  };
}

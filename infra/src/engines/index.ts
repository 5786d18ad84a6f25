import { fileURLToPath } from 'node:url';

export type { Engine, EngineProgram, Lever } from './engine.js';
export { AFFINITY_COOKIE, examplePools, type Pool, poolsOf } from './pool.js';
export { type RunningEngine, startEngine } from './start-engine.js';

/** The folder with a module for each engine, found by its file name. */
export const ENGINES_FOLDER = fileURLToPath(new URL('.', import.meta.url));

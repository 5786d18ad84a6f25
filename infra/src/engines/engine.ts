import type { Say } from '../progress.js';
import type { Pool } from './pool.js';

/** What the lab can have a load balancer do while it runs. */
export type Lever = 'drain' | 'scale' | 'reroute';

/** A load balancer in front of the fleets: a module of this folder with its id as file name. */
export interface Engine {
  readonly id: string;
  readonly title: string;
  /** What its file says for each part of routing, and what it cannot do by setting alone: one sentence each. */
  readonly explains: readonly string[];
  readonly levers: readonly Lever[];
  /** Policies that it does not have; arms with one are not planned behind it. */
  readonly lacks?: readonly Pool['policy'][];
  /** Missing for our gateway, which is in front of the fleets anyway. */
  readonly program?: EngineProgram;
}

/** Where an engine runs. */
export interface EnginePlace {
  readonly port: number;
  /** For its own files. */
  readonly dir: string;
  /** For its admin API, where it has one; on loopback. */
  readonly adminPort: number;
  /** Signs what is to be signed; the same over restarts. */
  readonly secret: string;
}

/** How an engine becomes a process with a file of its own. */
export interface EngineProgram {
  /** What its file is called. */
  readonly file: string;
  /** Resolves with the path of the program, installed where we may. Rejects with one sentence that says how to get it. */
  obtain(say: Say): Promise<string>;
  /** Variables of the environment that it must not see. */
  readonly withoutEnv?: readonly string[];
  /** The text of its file: listens at 127.0.0.1 and routes to these pools. */
  render(pools: readonly Pool[], place: EnginePlace): string;
  /** Sends no new clients to a destination of a pool, or does so again: where its levers have `drain`. */
  drain?(adminPort: number, pool: string, destination: string, on: boolean): Promise<void>;
  /** Its command line, to run in the foreground. */
  arguments(filePath: string, dir: string): readonly string[];
}

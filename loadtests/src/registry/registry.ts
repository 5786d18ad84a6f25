import { join } from 'node:path';
import { ENGINES_FOLDER, type Engine } from '@holdfast/infra';
import type { Disturbance } from '../disturbances/disturbance.js';
import type { Journey } from '../journeys/journey.js';
import type { Load } from '../loads/load.js';
import type { Measure } from '../measures/measure.js';
import type { Runner } from '../runners/runner.js';
import { loadFolder } from './load-folder.js';

/** Everything the lab can do, by id. */
export interface Registry {
  /** Load balancers. */
  readonly engines: ReadonlyMap<string, Engine>;
  readonly disturbances: ReadonlyMap<string, Disturbance>;
  readonly journeys: ReadonlyMap<string, Journey>;
  readonly loads: ReadonlyMap<string, Load>;
  readonly measures: ReadonlyMap<string, Measure>;
  /** Runners of arms that are not a scenario under k6. */
  readonly runners: ReadonlyMap<string, Runner>;
}

export async function loadRegistry(): Promise<Registry> {
  const folder = (name: string): string => join(import.meta.dirname, '..', name);
  return {
    engines: await loadFolder<Engine>(ENGINES_FOLDER),
    disturbances: await loadFolder<Disturbance>(folder('disturbances')),
    journeys: await loadFolder<Journey>(folder('journeys')),
    loads: await loadFolder<Load>(folder('loads')),
    measures: await loadFolder<Measure>(folder('measures')),
    runners: await loadFolder<Runner>(folder('runners')),
  };
}

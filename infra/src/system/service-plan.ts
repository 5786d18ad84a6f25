import { join } from 'node:path';
import type { FleetPlan } from '@holdfast/fleet';
import type { System } from '@holdfast/system';
import { idPrefix } from './upstreams.js';

/** The settings for the processes of every fleet. */
export interface ServicePlanOptions {
  readonly root: string;
  readonly fleets: readonly string[];
  readonly replicas: number;
  /** For every process; a fleet's own variables win. */
  readonly env: Readonly<Record<string, string>>;
}

/** The processes of the chosen fleets. */
export function servicePlan(system: System, options: ServicePlanOptions): FleetPlan['apps'] {
  return options.fleets.flatMap((fleetName) => {
    const fleet = system.fleets[fleetName];
    return (fleet?.apps ?? []).map((app) => ({
      app,
      fleet: fleetName,
      idPrefix: idPrefix(system, fleetName, app),
      command: process.execPath,
      args: ['--enable-source-maps', join(options.root, system.apps[app]?.main ?? '')],
      env: { ...options.env, ...fleet?.env },
      replicas: fleet?.replicas ?? options.replicas,
      scaledAlone: fleet?.replicas !== undefined,
    }));
  });
}

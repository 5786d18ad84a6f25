import { loadConfig, type RunningService, runService } from '@holdfast/service';
import { monolithEnv, monolithService } from './monolith-service.js';

/** Starts the service; a failed start ends the process. */
export function serve(): Promise<RunningService> {
  return runService(monolithService(loadConfig(monolithEnv)));
}

import { loadConfig, type RunningService, runService } from '@holdfast/service';
import { authServiceEnv } from './auth.config.js';
import { authService } from './auth-service.js';

/** Starts the service; a failed start ends the process. */
export function serve(): Promise<RunningService> {
  return runService(authService(loadConfig(authServiceEnv)));
}

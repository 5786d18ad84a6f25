import { loadConfig, type RunningService, runService } from '@holdfast/service';
import { todoServiceEnv } from './todo.config.js';
import { todoService } from './todo-service.js';

/** Starts the service; a failed start ends the process. */
export function serve(): Promise<RunningService> {
  return runService(todoService(loadConfig(todoServiceEnv)));
}

import { loadConfig, runService } from '@holdfast/service';
import { todoServiceEnv } from './todo.config.js';
import { todoService } from './todo-service.js';

await runService(todoService(loadConfig(todoServiceEnv)));

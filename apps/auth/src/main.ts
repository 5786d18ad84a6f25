import { loadConfig, runService } from '@holdfast/service';
import { authServiceEnv } from './auth.config.js';
import { authService } from './auth-service.js';

await runService(authService(loadConfig(authServiceEnv)));

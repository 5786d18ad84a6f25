import { loadConfig, runService } from '@holdfast/service';
import { monolithEnv, monolithService } from './monolith-service.js';

await runService(monolithService(loadConfig(monolithEnv)));

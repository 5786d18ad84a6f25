export { monolithEnv, monolithService } from './monolith-service.js';

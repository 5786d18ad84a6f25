export { type AuthConfig, type AuthServiceConfig, authEnv, authServiceEnv } from './auth.config.js';
export { AuthModule } from './auth.module.js';
export { authService } from './auth-service.js';

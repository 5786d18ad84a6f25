export { Sessions as SessionService } from '../sessions.js';
export {
  Authenticated,
  CurrentSession,
  type CurrentSessionInfo,
  CurrentUser,
  NOT_LOGGED_IN,
  SESSION_SECURITY,
} from './decorators.js';
export { SessionGuard } from './session.guard.js';
export { SessionModule, type SessionModuleAsyncOptions } from './session.module.js';

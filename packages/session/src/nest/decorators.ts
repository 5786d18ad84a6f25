import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { currentSession, refusalOf } from '../current-session.js';
import type { SessionUser } from '../session-data.js';
import { SessionGuard } from './session.guard.js';

/** The value that `@CurrentSession()` gives a handler. */
export interface CurrentSessionInfo {
  /** Public id. */
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Handler parameter: the logged-in user, as given to `login`. Answers 401 without a user, even on a route without a guard. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): SessionUser => {
  return require(context).user;
});

/** Handler parameter: the session's public facts, `{ id, createdAt, expiresAt }`. 401 without a session. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): CurrentSessionInfo => {
  const { sessionId, createdAt, expiresAt } = require(context);
  return { id: sessionId, createdAt, expiresAt };
});

/** Name of the OpenAPI security scheme: `new DocumentBuilder().addCookieAuth(cookieName, undefined, SESSION_SECURITY)`. */
export const SESSION_SECURITY = 'session';

/** The codes of the 401 of `SessionGuard`, for descriptions of an API. */
export const NOT_LOGGED_IN = 'unauthenticated, session_unknown, session_ended, session_revoked, session_expired';

/** `SessionGuard`, and the lock in the OpenAPI document. */
export function Authenticated(): ClassDecorator & MethodDecorator {
  // The key @nestjs/swagger reads; written directly so that an app without Swagger need not install it.
  return applyDecorators(UseGuards(SessionGuard), SetMetadata('swagger/apiSecurity', [{ [SESSION_SECURITY]: [] }]));
}

function require(context: ExecutionContext) {
  const req = context.switchToHttp().getRequest<Request>();
  const current = currentSession(req);
  if (current === null) throw refusalOf(req);
  return current;
}

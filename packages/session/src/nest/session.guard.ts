import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { UnauthenticatedError } from '../errors/session-error.js';
import { Sessions } from '../sessions.js';

/** Lets only requests with a live, logged-in session pass; others get 401 `unauthenticated`. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.sessions.current(context.switchToHttp().getRequest<Request>()) === null) throw new UnauthenticatedError();
    return true;
  }
}

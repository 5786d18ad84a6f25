import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Sessions } from '../sessions.js';

/** Lets only requests with a live, logged-in session pass; others get 401, whose `code` says why. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    const req = context.switchToHttp().getRequest<Request>();
    if (this.sessions.current(req) === null) throw this.sessions.refusal(req);
    return true;
  }
}

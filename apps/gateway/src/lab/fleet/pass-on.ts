import type { Response } from 'express';
import { z } from 'zod';
import type { FleetAnswer } from './fleet.client.js';

/** The name of a process, an app or a fleet. */
export const processName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Use 1 to 64 letters, digits, ".", "_" and "-".');

/** The problems of every route that asks the fleet. */
export const UNREACHABLE = { 501: 'no_fleet', 502: 'fleet_unreachable', 504: 'fleet_timeout' };

/** Hands the fleet's answer on as it is, problem or not. */
export function passOn(response: Response, { status, body }: FleetAnswer): void {
  response.status(status).type(status >= 400 ? 'application/problem+json' : 'application/json');
  if (body === undefined) response.end();
  else response.json(body);
}

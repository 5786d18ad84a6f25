import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { Api } from '../openapi/api.decorator.js';
import { Problem } from '../problem/problem.js';
import { HealthRegistry } from './health-registry.js';

const statusSchema = z.object({ status: z.string() });

/** `GET /healthz`: alive and not shutting down · `GET /readyz`: able to work */
@Controller()
export class HealthController {
  constructor(@Inject(HealthRegistry) private readonly health: HealthRegistry) {}

  @Get('healthz')
  @Api({
    summary: 'The process is alive and not shutting down',
    answers: { 200: statusSchema },
    problems: { 503: 'leaving' },
  })
  live() {
    // Gateways probe this one: a shutdown is a reason to take a destination out, but an outage of Redis would take out every one.
    if (this.health.leaving) throw new Problem(503, 'leaving', 'This instance is shutting down.', 1);
    return { status: 'ok' };
  }

  @Get('readyz')
  @Api({ summary: 'The service can do its work', answers: { 200: statusSchema }, problems: { 503: 'not_ready' } })
  async ready() {
    const { ready, failed } = await this.health.readiness();
    if (ready) return { status: 'ready' };
    const errors = failed.map((path) => ({ path, message: 'not available' }));
    throw new Problem(503, 'not_ready', `Not ready: ${failed.join(', ')}.`, 1, { errors });
  }
}

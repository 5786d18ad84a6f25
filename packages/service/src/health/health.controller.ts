import { Controller, Get, Inject } from '@nestjs/common';
import { Api } from '../openapi/api.decorator.js';
import { Problem } from '../problem/problem.js';
import { HealthRegistry } from './health-registry.js';

/** `GET /healthz` live · `GET /readyz` ready */
@Controller()
export class HealthController {
  constructor(@Inject(HealthRegistry) private readonly health: HealthRegistry) {}

  @Get('healthz')
  @Api({ summary: 'The process is alive' })
  live() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Api({ summary: 'The service can do its work', problems: { 503: 'not_ready' } })
  async ready() {
    const { ready, failed } = await this.health.readiness();
    if (ready) return { status: 'ready' };
    const errors = failed.map((path) => ({ path, message: 'not available' }));
    throw new Problem(503, 'not_ready', `Not ready: ${failed.join(', ')}.`, 1, { errors });
  }
}

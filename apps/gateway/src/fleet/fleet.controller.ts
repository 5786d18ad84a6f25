import { Api, ZodBody, ZodParam } from '@holdfast/service';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { type FleetAnswer, FleetClient } from './fleet.client.js';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Use 1 to 64 letters, digits, ".", "_" and "-".');
const actionParam = z.strictObject({
  id: name,
  action: z.enum(['kill', 'pause', 'resume', 'restart', 'drain'], 'Use kill, pause, resume, restart or drain.'),
});
const appParam = z.strictObject({ app: name });
const scaleBody = z.strictObject({ replicas: z.int().min(0).max(50) });

const UNREACHABLE = { 501: 'no_fleet', 502: 'fleet_unreachable', 504: 'fleet_timeout' };

/** `/fleet`: the processes behind the destinations, by the fleet that runs them. */
@Controller('fleet')
export class FleetController {
  constructor(@Inject(FleetClient) private readonly fleet: FleetClient) {}

  @Get()
  @Api({ summary: 'Every process with its state', problems: UNREACHABLE })
  async list(@Res() response: Response): Promise<void> {
    pass(response, await this.fleet.ask('GET', '/fleet'));
  }

  @Post(':app/scale')
  @HttpCode(200)
  @Api({ summary: 'Run this many replicas of an app', params: appParam, body: scaleBody, problems: UNREACHABLE })
  async scale(
    @Param(ZodParam(appParam)) { app }: z.infer<typeof appParam>,
    @Body(ZodBody(scaleBody)) body: z.infer<typeof scaleBody>,
    @Res() response: Response,
  ): Promise<void> {
    pass(response, await this.fleet.ask('POST', `/fleet/${app}/scale`, body));
  }

  @Post(':id/:action')
  @HttpCode(200)
  @Api({ summary: 'Kill, pause, resume, restart or drain one process', params: actionParam, problems: UNREACHABLE })
  async act(
    @Param(ZodParam(actionParam)) { id, action }: z.infer<typeof actionParam>,
    @Res() response: Response,
  ): Promise<void> {
    pass(response, await this.fleet.ask('POST', `/fleet/${id}/${action}`));
  }
}

/** Hands the fleet's answer on as it is, problem or not. */
function pass(response: Response, { status, body }: FleetAnswer): void {
  response.status(status).type(status >= 400 ? 'application/problem+json' : 'application/json');
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

import { Api, ZodBody, ZodParam } from '@holdfast/service';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { FleetClient } from './fleet.client.js';
import { passOn, processName, UNREACHABLE } from './pass-on.js';

const actionParam = z.strictObject({
  id: processName,
  action: z.enum(['kill', 'pause', 'resume', 'restart', 'drain'], 'Use kill, pause, resume, restart or drain.'),
});
const appParam = z.strictObject({ app: processName });
const scaleBody = z.strictObject({ replicas: z.int().min(0).max(50), fleet: processName.optional() });

/** `/fleet`: the processes behind the destinations, by the fleet that runs them. */
@Controller('fleet')
export class FleetController {
  constructor(@Inject(FleetClient) private readonly fleet: FleetClient) {}

  @Get()
  @Api({ summary: 'Every process with its state', problems: UNREACHABLE })
  async list(@Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('GET', '/fleet'));
  }

  @Post(':app/scale')
  @HttpCode(200)
  @Api({
    summary: 'Run this many replicas of an app, in every fleet or in the one that is named',
    params: appParam,
    body: scaleBody,
    problems: UNREACHABLE,
  })
  async scale(
    @Param(ZodParam(appParam)) { app }: z.infer<typeof appParam>,
    @Body(ZodBody(scaleBody)) body: z.infer<typeof scaleBody>,
    @Res() response: Response,
  ): Promise<void> {
    passOn(response, await this.fleet.ask('POST', `/fleet/${app}/scale`, body));
  }

  @Post(':id/:action')
  @HttpCode(200)
  @Api({ summary: 'Kill, pause, resume, restart or drain one process', params: actionParam, problems: UNREACHABLE })
  async act(
    @Param(ZodParam(actionParam)) { id, action }: z.infer<typeof actionParam>,
    @Res() response: Response,
  ): Promise<void> {
    passOn(response, await this.fleet.ask('POST', `/fleet/${id}/${action}`));
  }
}

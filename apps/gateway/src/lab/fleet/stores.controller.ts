import { Api, ZodBody, ZodParam } from '@holdfast/service';
import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { FleetClient } from './fleet.client.js';
import { passOn, processName, UNREACHABLE } from './pass-on.js';

const storeParam = z.strictObject({ store: processName });
const actionParam = z.strictObject({
  store: processName,
  action: z.enum(['kill', 'pause', 'resume', 'restart'], 'Use kill, pause, resume, restart or slow.'),
});
const slowBody = z.strictObject({ ms: z.int().min(0).max(60_000) });

/** `/stores`: Redis, and Memcached where it runs, by the fleet that started them. */
@Controller('stores')
export class StoresController {
  constructor(@Inject(FleetClient) private readonly fleet: FleetClient) {}

  @Post(':store/slow')
  @HttpCode(200)
  @Api({
    summary: 'Delay every answer of a store by this many milliseconds, 0: no longer',
    params: storeParam,
    body: slowBody,
    problems: UNREACHABLE,
  })
  async slow(
    @Param(ZodParam(storeParam)) { store }: z.infer<typeof storeParam>,
    @Body(ZodBody(slowBody)) body: z.infer<typeof slowBody>,
    @Res() response: Response,
  ): Promise<void> {
    passOn(response, await this.fleet.ask('POST', `/stores/${store}/slow`, body));
  }

  @Post(':store/:action')
  @HttpCode(200)
  @Api({ summary: 'Kill, pause, resume or restart a store', params: actionParam, problems: UNREACHABLE })
  async act(
    @Param(ZodParam(actionParam)) { store, action }: z.infer<typeof actionParam>,
    @Res() response: Response,
  ): Promise<void> {
    passOn(response, await this.fleet.ask('POST', `/stores/${store}/${action}`));
  }
}

import { Api, Problem, ZodParam } from '@holdfast/service';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { Gateway } from '../../gateway.js';
import { type UpstreamParam, upstreamParam } from '../../upstreams/upstreams.schemas.js';
import { countSessions, type SessionCount } from './session-counts.js';

/** `/upstreams/:upstream/sessions`: how many sessions each server of an upstream has in its own process. */
@Controller('upstreams')
export class SessionsController {
  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  @Get(':upstream/sessions')
  @Api({
    summary: 'Sessions and chat messages that every destination counts in its own process; null where it does not say',
    params: upstreamParam,
    problems: { 404: 'unknown_upstream' },
  })
  async list(
    @Param(ZodParam(upstreamParam)) { upstream }: UpstreamParam,
  ): Promise<{ destinations: readonly SessionCount[] }> {
    const found = this.gateway.upstreams().find(({ name }) => name === upstream);
    if (found === undefined) throw new Problem(404, 'unknown_upstream', `There is no upstream ${upstream}.`);
    return { destinations: await countSessions(found.destinations) };
  }
}

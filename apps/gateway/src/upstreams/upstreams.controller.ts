import type { ChangeResult, UpstreamStatus } from '@holdfast/proxy';
import { Api, Problem, ZodBody, ZodParam } from '@holdfast/service';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import type { Response } from 'express';
import { describeMistakes, Gateway } from '../gateway.js';
import {
  type DestinationBody,
  type DestinationParam,
  type DrainBody,
  destinationBody,
  destinationParam,
  drainBody,
  type PolicyBody,
  policyBody,
  type UpstreamParam,
  upstreamParam,
} from './upstreams.schemas.js';

/** `/upstreams`: shows the proxy's destinations, and adds, removes and drains them. */
@Controller('upstreams')
export class UpstreamsController {
  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  @Get()
  @Api({ summary: 'Upstreams with the state, load and counters of every destination' })
  list(): { upstreams: readonly UpstreamStatus[] } {
    return { upstreams: this.gateway.upstreams() };
  }

  @Put(':upstream/policy')
  @Api({
    summary: 'Choose destinations by another policy from the next request on, until the file is read again',
    params: upstreamParam,
    body: policyBody,
    problems: { 400: 'invalid_request, invalid_policy', 404: 'unknown_upstream' },
  })
  choose(
    @Param(ZodParam(upstreamParam)) { upstream }: UpstreamParam,
    @Body(ZodBody(policyBody)) { policy }: PolicyBody,
  ): PolicyBody {
    const result = this.gateway.setPolicy(upstream, policy);
    if (result === 'unknown') throw new Problem(404, 'unknown_upstream', `There is no upstream ${upstream}.`);
    if (!result.ok) throw new Problem(400, 'invalid_policy', describeMistakes(result.mistakes));
    return { policy };
  }

  /** 201 for a new destination, 200 if its id existed; a repeated call changes nothing. */
  @Post(':upstream/destinations')
  @Api({
    summary: 'Add a destination, or replace the one with its id',
    params: upstreamParam,
    body: destinationBody,
    problems: { 400: 'invalid_request, invalid_destination', 404: 'unknown_upstream' },
  })
  put(
    @Param(ZodParam(upstreamParam)) { upstream }: UpstreamParam,
    @Body(ZodBody(destinationBody)) { id, url, weight }: DestinationBody,
    @Res({ passthrough: true }) response: Response,
  ) {
    const result = this.gateway.putDestination(upstream, { id, url, ...(weight === undefined ? {} : { weight }) });
    if (!result.ok) throw problemOf(result);
    response.status(result.created ? 201 : 200);
    return { id, url, weight: weight ?? 1, created: result.created };
  }

  @Delete(':upstream/destinations/:id')
  @HttpCode(204)
  @Api({
    summary: 'Take a destination out at once; requests in flight to it still end',
    params: destinationParam,
    answers: { 204: null },
    problems: { 404: 'unknown_upstream, unknown_destination' },
  })
  remove(@Param(ZodParam(destinationParam)) { upstream, id }: DestinationParam): void {
    succeed(this.gateway.proxy.removeDestination(upstream, id));
  }

  @Post(':upstream/destinations/:id/drain')
  @HttpCode(204)
  @Api({
    summary: 'No new clients; bound ones stay, until deadlineMs if given',
    params: destinationParam,
    body: drainBody,
    answers: { 204: null },
    problems: { 404: 'unknown_upstream, unknown_destination' },
  })
  drain(
    @Param(ZodParam(destinationParam)) { upstream, id }: DestinationParam,
    @Body(ZodBody(drainBody)) { deadlineMs }: DrainBody,
  ): void {
    succeed(this.gateway.proxy.drain(upstream, id, deadlineMs === undefined ? {} : { deadlineMs }));
  }

  @Post(':upstream/destinations/:id/undrain')
  @HttpCode(204)
  @Api({
    summary: 'New clients again',
    params: destinationParam,
    answers: { 204: null },
    problems: { 404: 'unknown_upstream, unknown_destination' },
  })
  undrain(@Param(ZodParam(destinationParam)) { upstream, id }: DestinationParam): void {
    succeed(this.gateway.proxy.undrain(upstream, id));
  }
}

function succeed(result: ChangeResult): void {
  if (!result.ok) throw problemOf(result);
}

function problemOf({ code, detail }: Extract<ChangeResult, { ok: false }>): Problem {
  switch (code) {
    case 'unknown_upstream':
    case 'unknown_destination':
      return new Problem(404, code, detail);
    case 'invalid_destination':
      return new Problem(400, code, detail);
    case 'duplicate_destination':
      return new Problem(409, code, detail);
  }
}

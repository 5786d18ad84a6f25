import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Response } from 'express';
import { Api } from '../openapi/api.decorator.js';
import { MetricsRegistry } from './metrics-registry.js';

/** `GET /metrics`, in Prometheus' text format */
@Controller()
export class MetricsController {
  constructor(@Inject(MetricsRegistry) private readonly registry: MetricsRegistry) {}

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'OK', schema: { type: 'string' } })
  @Api({ summary: 'Prometheus metrics' })
  async metrics(@Res() res: Response): Promise<void> {
    res.end(await this.registry.metrics());
  }
}

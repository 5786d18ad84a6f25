import { Api, ZodBody, ZodParam } from '@holdfast/service';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { FleetClient } from '../fleet/fleet.client.js';
import { passOn, processName, UNREACHABLE } from '../fleet/pass-on.js';

const runBody = z.strictObject({ experiment: processName });
const reportParam = z.strictObject({ id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/, 'No such id.') });

/** `/lab`: experiments run by the process that runs the fleet, one at a time, and their reports. */
@Controller('lab')
export class RunsController {
  constructor(@Inject(FleetClient) private readonly fleet: FleetClient) {}

  @Get('experiments')
  @Api({ summary: 'The experiments that can be run', problems: UNREACHABLE })
  async experiments(@Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('GET', '/lab/experiments'));
  }

  @Get('runs')
  @Api({ summary: 'The experiment that runs, or the last one, with its results so far', problems: UNREACHABLE })
  async run(@Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('GET', '/lab/runs'));
  }

  @Post('runs')
  @HttpCode(202)
  @Api({
    summary: 'Run one block of an experiment',
    body: runBody,
    problems: { ...UNREACHABLE, 404: 'unknown_experiment', 409: 'lab_busy' },
  })
  async start(@Body(ZodBody(runBody)) body: z.infer<typeof runBody>, @Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('POST', '/lab/runs', body));
  }

  @Post('runs/stop')
  @HttpCode(200)
  @Api({ summary: 'End the running experiment, with everything it started', problems: UNREACHABLE })
  async stop(@Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('POST', '/lab/runs/stop'));
  }

  @Get('reports')
  @Api({ summary: 'The newest reports with their verdicts', problems: UNREACHABLE })
  async reports(@Res() response: Response): Promise<void> {
    passOn(response, await this.fleet.ask('GET', '/lab/reports'));
  }

  @Get('reports/:id')
  @Api({
    summary: 'One report with its runs',
    params: reportParam,
    problems: { ...UNREACHABLE, 404: 'unknown_report' },
  })
  async report(
    @Param(ZodParam(reportParam)) { id }: z.infer<typeof reportParam>,
    @Res() response: Response,
  ): Promise<void> {
    passOn(response, await this.fleet.ask('GET', `/lab/reports/${id}`));
  }

  @Get('reports/:id/report.html')
  // The report is one file with its own style and pictures, and without a script.
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  )
  @Api({
    summary: 'The report as the lab drew it',
    params: reportParam,
    problems: { ...UNREACHABLE, 404: 'unknown_report' },
  })
  async page(
    @Param(ZodParam(reportParam)) { id }: z.infer<typeof reportParam>,
    @Res() response: Response,
  ): Promise<void> {
    const answer = await this.fleet.ask('GET', `/lab/reports/${id}/html`);
    const html = (answer.body as { html?: unknown } | undefined)?.html;
    if (answer.status !== 200 || typeof html !== 'string') return passOn(response, answer);
    response.status(200).type('text/html').end(html);
  }
}

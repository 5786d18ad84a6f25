import { Api, Problem, ZodBody } from '@holdfast/service';
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { z } from 'zod';
import { Gateway, type ScenarioStatus } from '../gateway.js';

const scenarioBody = z.strictObject({ name: z.string().max(63) });

/** `/scenario`: which scenario the plain hosts serve. */
@Controller('scenario')
export class ScenarioController {
  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  @Get()
  @Api({ summary: 'The active scenario and all there are', problems: { 404: 'no_scenarios' } })
  read(): ScenarioStatus {
    const status = this.gateway.scenario();
    if (status === undefined) {
      throw new Problem(404, 'no_scenarios', 'This gateway has none: its file has no "scenarios" block.');
    }
    return status;
  }

  @Put()
  @Api({
    summary: 'Serve another scenario at the plain hosts, from the next request on',
    body: scenarioBody,
    problems: { 400: 'invalid_request', 404: 'no_scenarios, unknown_scenario' },
  })
  switch(@Body(ZodBody(scenarioBody)) { name }: z.infer<typeof scenarioBody>): ScenarioStatus {
    const { scenarios } = this.read();
    if (!this.gateway.activate(name)) {
      throw new Problem(404, 'unknown_scenario', `There is no such scenario. There are: ${scenarios.join(', ')}.`);
    }
    return this.read();
  }
}

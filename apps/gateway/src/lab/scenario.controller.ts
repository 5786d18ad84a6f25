import { Api, Problem, ZodBody } from '@holdfast/service';
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { z } from 'zod';
import { type ScenarioStatus, ScenarioSwitch } from './scenario-switch.js';

const scenarioBody = z.strictObject({ name: z.string().max(63) });

/** `/scenario`: the scenario that the plain hosts serve. */
@Controller('scenario')
export class ScenarioController {
  constructor(@Inject(ScenarioSwitch) private readonly scenarios: ScenarioSwitch) {}

  @Get()
  @Api({ summary: 'The active scenario, and all scenarios with their descriptions' })
  read(): ScenarioStatus {
    return this.scenarios.status();
  }

  @Put()
  @Api({
    summary: 'Serve another scenario at the plain hosts, from the next request on',
    body: scenarioBody,
    problems: { 400: 'invalid_request', 404: 'unknown_scenario', 503: 'scenario_not_running' },
  })
  switch(@Body(ZodBody(scenarioBody)) { name }: z.infer<typeof scenarioBody>): ScenarioStatus {
    const result = this.scenarios.activate(name);
    const status = this.scenarios.status();
    if (result === 'unknown') {
      throw new Problem(
        404,
        'unknown_scenario',
        `There is no such scenario. There are: ${status.scenarios.join(', ')}.`,
      );
    }
    if (result !== 'switched') {
      const how = result.hint ?? 'add destinations to its upstreams';
      throw new Problem(503, 'scenario_not_running', `No server of ${name} runs, so ${status.active} stays: ${how}.`);
    }
    return status;
  }
}

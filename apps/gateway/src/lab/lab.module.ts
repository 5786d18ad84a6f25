import { type DynamicModule, Module } from '@nestjs/common';
import { Gateway } from '../gateway.js';
import { FleetClient } from './fleet/fleet.client.js';
import { FleetController } from './fleet/fleet.controller.js';
import { StoresController } from './fleet/stores.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { ScenarioController } from './scenario.controller.js';
import { ScenarioSwitch } from './scenario-switch.js';
import { SessionsController } from './sessions/sessions.controller.js';

/** The admin API's routes for a comparison: `/scenario`, `/fleet`, `/stores`, `/lab` and the sessions of an upstream. A gateway whose file has no `scenarios` does not load it. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a Nest module is a class.
export class LabModule {
  /** `fleetUrl` is undefined where no fleet runs behind the gateway. */
  static forRoot({ gateway, fleetUrl }: { gateway: Gateway; fleetUrl: string | undefined }): DynamicModule {
    return {
      module: LabModule,
      controllers: [ScenarioController, FleetController, StoresController, RunsController, SessionsController],
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: ScenarioSwitch, useValue: new ScenarioSwitch(gateway) },
        { provide: FleetClient, useValue: new FleetClient(fleetUrl) },
      ],
    };
  }
}

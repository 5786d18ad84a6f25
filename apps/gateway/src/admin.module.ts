import { HealthRegistry, MetricsRegistry } from '@holdfast/service';
import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { DecisionStream } from './decisions/decision-stream.js';
import { EventsController } from './decisions/events.controller.js';
import { FleetClient } from './fleet/fleet.client.js';
import { FleetController } from './fleet/fleet.controller.js';
import { Gateway } from './gateway.js';
import { registerProxyMetrics } from './metrics/register-proxy-metrics.js';
import { ScenarioController } from './scenario/scenario.controller.js';
import { UpstreamsController } from './upstreams/upstreams.controller.js';

/** The admin API around one running gateway. */
@Module({})
export class AdminModule {
  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Gateway) { proxy }: Gateway,
  ) {
    registerProxyMetrics(registry, () => proxy.metrics());
    health.register('workers', async () => {
      if (proxy.metrics().missingWorkers > 0) throw new Error('a worker does not serve clients');
    });
  }

  /** `fleetUrl` is undefined where no fleet runs behind the gateway. */
  static forRoot({ gateway, fleetUrl }: { gateway: Gateway; fleetUrl: string | undefined }): DynamicModule {
    return {
      module: AdminModule,
      controllers: [UpstreamsController, ScenarioController, FleetController, EventsController],
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: FleetClient, useValue: new FleetClient(fleetUrl) },
        { provide: DecisionStream, useValue: new DecisionStream(gateway.proxy) },
      ],
    };
  }
}

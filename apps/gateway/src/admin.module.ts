import { HealthRegistry, MetricsRegistry } from '@holdfast/service';
import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { DecisionStream } from './decisions/decision-stream.js';
import { EventsController } from './decisions/events.controller.js';
import { Gateway } from './gateway.js';
import { registerProxyMetrics } from './metrics/register-proxy-metrics.js';
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

  /** `lab` adds the routes of a gateway with scenarios. */
  static forRoot({ gateway, lab }: { gateway: Gateway; lab: DynamicModule | undefined }): DynamicModule {
    return {
      module: AdminModule,
      imports: lab === undefined ? [] : [lab],
      controllers: [UpstreamsController, EventsController],
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: DecisionStream, useValue: new DecisionStream(gateway.proxy) },
      ],
    };
  }
}

import 'reflect-metadata';
import { loadConfig, runService, serviceEnv } from '@holdfast/service';
import { Controller, Get, Module } from '@nestjs/common';
import { z } from 'zod';

/** A service with a slow route and one that never answers, as a process. */
class SlowController {
  async slow() {
    process.send?.({ type: 'slow' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { done: true };
  }

  async stuck() {
    process.send?.({ type: 'stuck' });
    await new Promise(() => {});
  }
}
Controller()(SlowController);
for (const route of ['slow', 'stuck']) {
  Get(route)(SlowController.prototype, route, Object.getOwnPropertyDescriptor(SlowController.prototype, route));
}

class TrialModule {}
Module({ controllers: [SlowController] })(TrialModule);

void runService({ name: 'trial', module: TrialModule, config: loadConfig(z.object(serviceEnv)) });

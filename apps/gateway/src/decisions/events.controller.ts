import { Api, Problem } from '@holdfast/service';
import { Controller, Get, Inject, type OnModuleDestroy, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DecisionStream } from './decision-stream.js';

/** `/events`: live decisions as server-sent events. */
@Controller('events')
export class EventsController implements OnModuleDestroy {
  constructor(@Inject(DecisionStream) private readonly stream: DecisionStream) {}

  @Get()
  @Api({
    summary: 'Sampled decisions and destination changes, as server-sent events',
    problems: { 503: 'too_many_watchers' },
  })
  watch(@Res() response: Response): void {
    if (!this.stream.add(response)) throw new Problem(503, 'too_many_watchers', 'Close another live view first.', 5);
  }

  onModuleDestroy(): void {
    this.stream.close();
  }
}

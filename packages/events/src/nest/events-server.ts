import type { INestApplication } from '@nestjs/common';
import { BaseRpcContext, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { eventTypes } from '../catalogue.js';
import type { AnyEvent } from '../envelope.js';
import type { Attempt, EventTransport, Running } from '../event-transport.js';

/** Nest's side of a transport: its `@EventPattern('todo.completed')` methods handle the events of one group. */
export class EventsServer extends Server implements CustomTransportStrategy {
  private running: Running | undefined;

  constructor(
    private readonly transport: EventTransport,
    private readonly group: string,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const types = eventTypes.filter((type) => this.messageHandlers.has(type));
    this.transport.subscribe({ group: this.group, types, handle: (event, attempt) => this.give(event, attempt) }).then(
      (running) => {
        this.running = running;
        callback();
      },
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await this.running?.close();
  }

  on(): void {
    throw new Error('An EventsServer emits no connection events: use the metrics of the transport.');
  }

  unwrap<T>(): T {
    return this.transport as T;
  }

  private async give(event: AnyEvent, attempt: Attempt): Promise<void> {
    // A handler gets the attempt, with the signal that aborts at the time limit, by `@Ctx()`: `context.getArgByIndex(0)`.
    const context = new BaseRpcContext([attempt]);
    // Handlers of the same event in several controllers are chained.
    for (let handler = this.messageHandlers.get(event.type); handler !== undefined && handler !== null; ) {
      const result = await handler(event, context);
      // Nest returns an error of the handler as an observable that fails.
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      handler = handler.next;
    }
  }
}

/** Starts the application's `@EventPattern` handlers as one consumer of the group; they stop when the application closes. */
export async function connectEvents(app: INestApplication, transport: EventTransport, group: string): Promise<void> {
  app.connectMicroservice({ strategy: new EventsServer(transport, group) });
  await app.startAllMicroservices();
}

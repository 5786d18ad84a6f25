import type { EventOf } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TodosService } from './todos.service.js';

/** Gives a new user something to tick off. */
@Controller()
export class FirstTodo {
  constructor(@Inject(TodosService) private readonly todos: TodosService) {}

  @EventPattern('user.registered')
  async registered(@Payload() { key, data }: EventOf<'user.registered'>): Promise<void> {
    await this.todos.addFirst({ id: key, name: data.name });
  }
}

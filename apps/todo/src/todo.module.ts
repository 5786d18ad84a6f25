import { REDIS } from '@holdfast/service';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { TodoConfig } from './todo.config.js';
import { FirstTodo } from './todos/first-todo.consumer.js';
import { MemoryTodoRepository } from './todos/memory-todo.repository.js';
import { RedisTodoRepository } from './todos/redis-todo.repository.js';
import { TodoRepository } from './todos/todo.repository.js';
import { TodosController } from './todos/todos.controller.js';
import { MAX_TODOS, TodosService } from './todos/todos.service.js';

/** Todo lists. Expects `SessionModule` and `RedisModule` to be global beside it. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a Nest module is a class.
export class TodoModule {
  static forRoot(config: TodoConfig): DynamicModule {
    return {
      module: TodoModule,
      // One replica receives an event, so the event may change todos only if all replicas share them.
      controllers: config.TODO_STORE === 'memory' ? [TodosController] : [TodosController, FirstTodo],
      providers: [
        {
          provide: TodoRepository,
          inject: [REDIS],
          useFactory: (redis: Redis) =>
            config.TODO_STORE === 'memory'
              ? new MemoryTodoRepository()
              : new RedisTodoRepository(redis, config.KEY_PREFIX),
        },
        { provide: MAX_TODOS, useValue: config.MAX_TODOS_PER_USER },
        TodosService,
      ],
    };
  }
}

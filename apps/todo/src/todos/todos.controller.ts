import {
  type AddTodoRequest,
  addTodoRequestSchema,
  type ChangeTodoRequest,
  changeTodoRequestSchema,
  type Todo,
  type TodosAnswer,
  todoIdParamSchema,
  todoSchema,
  todosAnswerSchema,
  type User,
} from '@holdfast/contracts';
import { Api, ZodBody, ZodParam } from '@holdfast/service';
import { Authenticated, CurrentUser, NOT_LOGGED_IN } from '@holdfast/session/nest';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { TodosService } from './todos.service.js';

@Controller('todos')
@Authenticated()
export class TodosController {
  constructor(@Inject(TodosService) private readonly todos: TodosService) {}

  @Get()
  @Api({ summary: 'My todos, oldest first', answers: { 200: todosAnswerSchema }, problems: { 401: NOT_LOGGED_IN } })
  async list(@CurrentUser() user: User): Promise<TodosAnswer> {
    return { todos: await this.todos.list(user.id) };
  }

  @Post()
  @Api({
    summary: 'Add a todo',
    body: addTodoRequestSchema,
    answers: { 201: todoSchema },
    problems: { 400: 'invalid_request', 401: NOT_LOGGED_IN, 409: 'too_many_todos' },
  })
  add(@CurrentUser() user: User, @Body(ZodBody(addTodoRequestSchema)) request: AddTodoRequest): Promise<Todo> {
    return this.todos.add(user, request);
  }

  @Patch(':id')
  @Api({
    summary: 'Change the title, tick it off, or both',
    params: todoIdParamSchema,
    body: changeTodoRequestSchema,
    answers: { 200: todoSchema },
    problems: { 400: 'invalid_request', 401: NOT_LOGGED_IN, 404: 'no_such_todo' },
  })
  change(
    @CurrentUser() user: User,
    @Param(ZodParam(todoIdParamSchema)) { id }: { id: string },
    @Body(ZodBody(changeTodoRequestSchema)) change: ChangeTodoRequest,
  ): Promise<Todo> {
    return this.todos.change(user, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @Api({
    summary: 'Remove a todo',
    params: todoIdParamSchema,
    answers: { 204: null },
    problems: { 401: NOT_LOGGED_IN, 404: 'no_such_todo' },
  })
  async remove(@CurrentUser() user: User, @Param(ZodParam(todoIdParamSchema)) { id }: { id: string }): Promise<void> {
    await this.todos.remove(user.id, id);
  }
}

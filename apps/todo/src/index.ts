export { type TodoConfig, type TodoServiceConfig, todoEnv, todoServiceEnv } from './todo.config.js';
export { TodoModule } from './todo.module.js';
export { todoService } from './todo-service.js';

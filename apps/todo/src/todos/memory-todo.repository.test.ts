import { MemoryTodoRepository } from './memory-todo.repository.js';
import { todoRepositoryContract } from './todo-repository.contract.js';

todoRepositoryContract('memory', () => new MemoryTodoRepository());

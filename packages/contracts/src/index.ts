export * from './auth.js';
export * from './chat.js';
export * from './problem.js';
export * from './todo.js';
export * from './user.js';

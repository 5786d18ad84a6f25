export * from './auth.js';
export * from './chat.js';
export * from './passkeys.js';
export * from './problem.js';
export * from './second-factor.js';
export * from './todo.js';
export * from './user.js';

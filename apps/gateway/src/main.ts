import { createRequire } from 'node:module';
import { requireDescriptors } from '@holdfast/service/descriptors';

requireDescriptors('The gateway');
// `require` opens one file at a time; `import` opens hundreds at once, and a process with few descriptors takes them for missing.
const { runCommand } = createRequire(import.meta.url)('./run-command.js') as typeof import('./run-command.js');
void runCommand();

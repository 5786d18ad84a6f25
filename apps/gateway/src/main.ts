import { requireDescriptors } from '@holdfast/service/descriptors';

requireDescriptors('The gateway');
// Only now: loading the code opens many files.
const { runCommand } = await import('./run-command.js');
await runCommand();

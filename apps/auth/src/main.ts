import { createRequire } from 'node:module';
import { requireDescriptors } from '@holdfast/service/descriptors';

requireDescriptors('auth');
// `require` opens one file at a time; `import` opens hundreds at once, and a process with few descriptors takes them for missing.
const { serve } = createRequire(import.meta.url)('./serve.js') as typeof import('./serve.js');
void serve();

import { createRequire } from 'node:module';

/** The trial service, loaded one file at a time like the real services. */
createRequire(import.meta.url)('./trial-service.mjs');

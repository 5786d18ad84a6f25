import { createRequire } from 'node:module';

/** The trial service, loaded as the services are: one file at a time. */
createRequire(import.meta.url)('./trial-service.mjs');

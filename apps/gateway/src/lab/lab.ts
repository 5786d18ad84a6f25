/** The part of a gateway for comparisons. Loaded only where the gateway file has `scenarios`. */
export { compressJson } from './compress-json.js';
export { LabModule } from './lab.module.js';
export { pageOrigins } from './page-origins.js';

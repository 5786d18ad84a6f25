import { listenHostSchema, proxyConfigSchema } from '@holdfast/proxy';
import { z } from 'zod';

const port = z.int().min(0).max(65_535);

/** The name of a scenario: a single host label. */
const scenarioName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is not a lower-case host label');

const domain = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'is not a lower-case domain')
  .default('localhost');

/** The name of a scenario; the lab part reads its other fields. */
const described = z.looseObject({ name: scenarioName });

/** The gateway file: the proxy's settings and the gateway's own. */
export const gatewayFileSchema = proxyConfigSchema.extend({
  /** The admin API, always on loopback. */
  admin: z.strictObject({ port: port.default(9080) }).prefault({}),
  scenarios: z.strictObject({ active: scenarioName, domain, list: z.array(described).default([]) }).optional(),
  /** A listener for health and metrics alone, on any address. */
  status: z.strictObject({ port, host: listenHostSchema.default('127.0.0.1') }).optional(),
});

/** Valid values of the gateway's own settings, by path. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  admin: '{ port: 9080 }',
  'admin.port': '9080',
  scenarios: '{ active: round-robin-cached, domain: localhost }',
  'scenarios.active': 'round-robin-cached',
  'scenarios.domain': 'localhost',
  'scenarios.list': '[]',
  'scenarios.list.0': '{ name: round-robin-cached }',
  'scenarios.list.0.name': 'round-robin-cached',
  status: '{ port: 9081, host: 0.0.0.0 }',
  'status.port': '9081',
  'status.host': '0.0.0.0',
};

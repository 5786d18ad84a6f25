import type { ConfigMistake } from '@holdfast/proxy';
import { z } from 'zod';

/** What a scenario may be called: a single host label. */
export const scenarioName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is not a lower-case host label');

const domain = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'is not a lower-case domain')
  .default('localhost');

/** The keys of the gateway file that are the gateway's own; all others are the proxy's. */
export const gatewayPartSchema = z.object({
  admin: z.strictObject({ port: z.int().min(0).max(65_535).default(9080) }).prefault({}),
  scenarios: z.strictObject({ active: scenarioName, domain }).optional(),
});

const EXAMPLES: Readonly<Record<string, string>> = {
  admin: '{ port: 9080 }',
  'admin.port': '9080',
  scenarios: '{ active: round-robin-cached, domain: localhost }',
  'scenarios.active': 'round-robin-cached',
  'scenarios.domain': 'localhost',
};

/** A zod error as mistakes with path, problem and a valid example. */
export function toMistakes(error: z.ZodError): ConfigMistake[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => mistake([...issue.path, key], 'is not a setting'));
    }
    return [mistake(issue.path, issue.message.replace(/^Invalid input: /, ''))];
  });
}

function mistake(path: readonly PropertyKey[], problem: string): ConfigMistake {
  const text = path.join('.');
  return { path: text, problem, example: EXAMPLES[text] ?? EXAMPLES[String(path[0])] ?? 'leave it out' };
}

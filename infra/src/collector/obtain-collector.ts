import { join, resolve } from 'node:path';
import { buildWithGo } from '../build-with-go.js';
import { isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr } from '../progress.js';
import { runCommand } from '../run-command.js';

/** The release of the OpenTelemetry Collector that is built; `infra/collector/go.mod` pins its source. */
export const COLLECTOR_VERSION = '0.165.0';

const HOW_TO_GET_COLLECTOR = 'No OpenTelemetry Collector: install Go 1.25 or newer to have one built once.';

/**
 * Path of a real OpenTelemetry Collector with the parts of `infra/collector/main.go`, built once with Go into `<dataDir>/bin`.
 * Rejects with one sentence that says how to get it.
 */
export async function obtainCollector(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<string> {
  // Go does not accept a relative folder.
  const binary = join(resolve(dataDir), 'bin', 'otelcol');
  if (await runs(binary)) return binary;
  const title = `building the OpenTelemetry Collector ${COLLECTOR_VERSION} with Go, once (one to three minutes)`;
  const problem = await buildWithGo({ folder: 'collector', main: '.', title }, binary, env, say);
  if (problem === undefined && (await runs(binary))) return binary;
  throw new Error([HOW_TO_GET_COLLECTOR, problem].join('\n').trim());
}

async function runs(binary: string): Promise<boolean> {
  if (!isExecutable(binary)) return false;
  const { code, output } = await runCommand(binary, ['--version'], { timeoutMs: 20_000 });
  return code === 0 && output.includes(COLLECTOR_VERSION);
}

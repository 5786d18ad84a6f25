import 'reflect-metadata';
import { createRequire } from 'node:module';
import { envFlag, envPort, readConfig, serviceEnv } from '@holdfast/service';
import { z } from 'zod';
import { writeAccessLog } from './access-log.js';
import { type Command, readCommand, USAGE } from './command.js';
import { readGatewayFile, reportMistakes, reportWarnings } from './gateway-file/read-gateway-file.js';
import { markFile } from './gateway-file/watch-file.js';
import { readVersion } from './version.js';

const envSchema = z.object({
  ...serviceEnv,
  /** The gateway file, if the command line names none. */
  GATEWAY_CONFIG: z.string().optional(),
  /** Port for traffic; wins over the file. */
  GATEWAY_PORT: envPort.optional(),
  /** Port of the admin API, always on loopback; wins over the file. */
  GATEWAY_ADMIN_PORT: envPort.optional(),
  /** Keys that sign affinity cookies, separated by commas: the first signs, all verify; they win over the file. */
  AFFINITY_SECRETS: z
    .string()
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .optional(),
  /** The address of the fleet that runs the destinations. */
  FLEET_URL: z.url({ protocol: /^http$/, error: 'must be an http:// URL, such as http://127.0.0.1:9090' }).optional(),
  /** One JSON line per request, with the time of each phase. */
  GATEWAY_ACCESS_LOG: envFlag.default(false),
});

/** Runs the command line. */
export async function runCommand(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env.GATEWAY_CONFIG);
  switch (command.kind) {
    case 'help':
      process.stdout.write(USAGE);
      break;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      break;
    case 'mistake':
      refuse(`${command.problem}\n\n${USAGE}`);
      break;
    case 'check':
    case 'run':
      await checkOrRun(command);
  }
}

async function checkOrRun({ kind, path }: Extract<Command, { path: string }>): Promise<void> {
  const env = readConfig(envSchema, process.env);
  const overrides = env.ok
    ? {
        port: env.config.GATEWAY_PORT,
        adminPort: env.config.GATEWAY_ADMIN_PORT,
        affinitySecrets: env.config.AFFINITY_SECRETS,
      }
    : {};
  const seen = markFile(path);
  const parsed = await readGatewayFile(path, overrides);
  if (!env.ok || !parsed.ok) {
    const environment = env.ok ? '' : `Environment:\n${env.problems.map((problem) => `  ${problem}\n`).join('')}`;
    return refuse(environment + (parsed.ok ? '' : reportMistakes(path, parsed.mistakes)));
  }
  const { config } = env;
  if (kind === 'check') {
    process.stdout.write(`${path} is a valid gateway file.\n${reportWarnings(parsed.warnings)}`);
    return;
  }
  // The server loads only here, because a check needs none and loading one takes longer than the check.
  const { runGateway } = createRequire(import.meta.url)('./run-gateway.js') as typeof import('./run-gateway.js');
  await runGateway({
    path,
    seen,
    overrides,
    file: parsed.file,
    warnings: parsed.warnings,
    config,
    fleetUrl: config.FLEET_URL,
    accessLog: config.GATEWAY_ACCESS_LOG ? writeAccessLog : undefined,
  });
}

function refuse(reason: string): never {
  process.stderr.write(reason);
  process.exit(1);
}

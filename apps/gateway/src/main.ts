import 'reflect-metadata';
import { envFlag, envPort, loadConfig, serviceEnv } from '@holdfast/service';
import { z } from 'zod';
import { writeAccessLog } from './access-log.js';
import { readCommand, USAGE } from './command.js';
import { readGatewayFile, reportMistakes } from './gateway-file/read-gateway-file.js';
import { markFile } from './gateway-file/watch-file.js';

const config = loadConfig(
  z.object({
    ...serviceEnv,
    /** The gateway file, where the command line names none. */
    GATEWAY_CONFIG: z.string().optional(),
    /** Port for traffic; wins over the file. */
    GATEWAY_PORT: envPort.optional(),
    /** Port of the admin API, always on loopback; wins over the file. */
    GATEWAY_ADMIN_PORT: envPort.optional(),
    /** Where the fleet that runs the destinations listens. */
    FLEET_URL: z.url({ protocol: /^http$/, error: 'must be an http:// URL, such as http://127.0.0.1:9090' }).optional(),
    /** One JSON line per request, with the time of each phase. */
    GATEWAY_ACCESS_LOG: envFlag.default(false),
  }),
);

const command = readCommand(process.argv.slice(2), config.GATEWAY_CONFIG);
switch (command.kind) {
  case 'help':
    process.stdout.write(USAGE);
    break;
  case 'mistake':
    process.stderr.write(`${command.problem}\n\n${USAGE}`);
    process.exit(1);
    break;
  case 'check':
  case 'run': {
    const ports = { port: config.GATEWAY_PORT, adminPort: config.GATEWAY_ADMIN_PORT };
    const seen = markFile(command.path);
    const parsed = readGatewayFile(command.path, ports);
    if (!parsed.ok) {
      process.stderr.write(reportMistakes(command.path, parsed.mistakes));
      process.exit(1);
    }
    if (command.kind === 'check') process.stdout.write(`${command.path} is a valid gateway file.\n`);
    else {
      // Only now: a check needs no server, and loading one takes longer than checking.
      const { runGateway } = await import('./run-gateway.js');
      await runGateway({
        path: command.path,
        seen,
        ports,
        file: parsed.file,
        config,
        fleetUrl: config.FLEET_URL,
        accessLog: config.GATEWAY_ACCESS_LOG ? writeAccessLog : undefined,
      });
    }
  }
}

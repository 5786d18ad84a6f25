import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { runCommand } from '../run-command.js';
import { type ServerProcess, startServerProcess } from '../server/server-process.js';
import { clusterId } from './cluster-id.js';
import { type KafkaProgram, kafkaResource } from './kafka-program.js';
import { type KafkaAccount, makeCertificate, SCRAM_MECHANISMS, securitySettings } from './kafka-security.js';
import { type KafkaNode, kafkaSettings } from './kafka-settings.js';

/** How to run a Kafka of our own. */
export interface KafkaServerOptions {
  readonly program: KafkaProgram;
  /** Its data, settings and log; created when missing. */
  readonly dir: string;
  /** Delete `dir` when the broker is stopped or our process is gone. Default false. */
  readonly temporary?: boolean;
  /** Default: any free port. */
  readonly port?: number | undefined;
  /** Take only clients with TLS and this account, by the SASL mechanisms PLAIN and SCRAM. Default: anyone, without TLS. */
  readonly account?: KafkaAccount;
  /** More of the broker's settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Let it live on when our process ends. Default false: it then ends with us, even after a crash. */
  readonly background?: boolean | undefined;
  /** Its place among several brokers. Default: it is alone. */
  readonly node?: KafkaNode;
  /** The id of the cluster to which its data belongs. Default: one of its own. */
  readonly cluster?: string;
}

/** A real Kafka broker (KRaft) on loopback. */
export interface KafkaServer extends ServerProcess {
  /** `host:port`, the form of KAFKA_BROKERS. */
  readonly brokers: string;
  /** The certificate to trust, PEM text, where it has TLS. */
  readonly ca: string | undefined;
}

/** Three at once took 54 s on two cores that others kept busy, 27 s else. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 15_000;
/**
 * Without the second compiler a broker starts in 3.7 s in place of 5.6 s with half the CPU time (5.0 s of 10.3 s, with its storage),
 * and `npm run lab -- run event-throughput` finds as many events a second.
 */
const QUICK = ['-XX:TieredStopAtLevel=1'];

/** Starts a broker; resolves once it takes clients. Throws with its last log lines. */
export async function startKafkaServer(options: KafkaServerOptions): Promise<KafkaServer> {
  const { dir, program } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const settingsPath = join(dir, 'server.properties');
  const { account } = options;
  const secured = account === undefined ? undefined : await makeCertificate(program.java, dir);
  const node = options.node ?? { id: 1, controllerPorts: [await freePort(new Set([port]))] };
  const entries = {
    ...kafkaSettings(dir, port, account === undefined ? 'PLAINTEXT' : 'SASL_SSL', node),
    ...(account && secured && securitySettings(secured, account)),
    ...options.settings,
  };
  const lines = Object.entries(entries).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(settingsPath, lines.join(''), { mode: 0o600 });
  await formatStorage(options, settingsPath);

  const logging = `-Dlog4j2.configurationFile=${kafkaResource('log4j2.yaml')}`;
  const server = await startServerProcess(
    {
      name: 'Kafka',
      binary: program.java,
      arguments: () => [...QUICK, '-Xmx512m', logging, '-cp', program.classPath, 'kafka.Kafka', settingsPath],
      ...{ newLog: true, startTimeoutMs: START_TIMEOUT_MS, stopTimeoutMs: STOP_TIMEOUT_MS },
      ask: async () => (hasStarted(join(dir, 'kafka.log')) ? { pid: undefined, loaded: true } : undefined),
    },
    { dir, port, temporary: options.temporary, background: options.background },
  );
  return Object.assign(server, { brokers: `127.0.0.1:${port}`, ca: secured?.ca });
}

async function formatStorage({ dir, program, account, cluster }: KafkaServerOptions, settings: string): Promise<void> {
  const id = cluster ?? clusterId(dir);
  const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', id, '-c', settings];
  for (const mechanism of account === undefined ? [] : SCRAM_MECHANISMS) {
    format.push('--add-scram', `${mechanism}=[name=${account?.username},password=${account?.password}]`);
  }
  const formatted = await runCommand(program.java, [...QUICK, '-cp', program.classPath, ...format], {
    timeoutMs: START_TIMEOUT_MS,
  });
  if (formatted.code !== 0) throw new Error(`Kafka's storage in ${dir} cannot be used:\n${formatted.output.trim()}`);
}

function hasStarted(logPath: string): boolean {
  return readFileSync(logPath, 'utf8').includes('Kafka Server started');
}

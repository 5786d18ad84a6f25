import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, guardian } from '@holdfast/fleet';
import { runCommand } from '../run-command.js';
import { clusterId } from './cluster-id.js';
import { type KafkaProgram, kafkaResource } from './kafka-program.js';
import { type KafkaAccount, makeCertificate, SCRAM_MECHANISMS, securitySettings } from './kafka-security.js';

/** How to run a Kafka of our own. */
export interface KafkaServerOptions {
  readonly program: KafkaProgram;
  /** Its data, settings and log; created when missing. */
  readonly dir: string;
  /** Delete `dir` when the broker is stopped or our process is gone. Default false. */
  readonly temporary?: boolean;
  /** Default: any free port. */
  readonly port?: number;
  /** Take only clients with TLS and this account, by the SASL mechanisms PLAIN and SCRAM. Default: anyone, without TLS. */
  readonly account?: KafkaAccount;
  /** More of the broker's settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Let it live on when our process ends. Default false: it then ends with us, even after a crash. */
  readonly background?: boolean;
}

/** A real Kafka broker (KRaft, one node) on loopback. */
export interface KafkaServer {
  /** `host:port`, the form of KAFKA_BROKERS. */
  readonly brokers: string;
  readonly pid: number;
  /** The certificate to trust, PEM text, where it has TLS. */
  readonly ca: string | undefined;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Starts a broker on free ports; resolves once it takes clients. Throws with its last log lines. */
export async function startKafkaServer(options: KafkaServerOptions): Promise<KafkaServer> {
  const { dir, program } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (options.temporary) guardian().removePath(dir);
  const port = options.port ?? (await freePort());
  const settingsPath = join(dir, 'server.properties');
  const { account } = options;
  const secured = account === undefined ? undefined : await makeCertificate(program.java, dir);
  const entries = {
    ...settings(dir, port, await freePort(new Set([port])), account === undefined ? 'PLAINTEXT' : 'SASL_SSL'),
    ...(account && secured && securitySettings(secured, account)),
    ...options.settings,
  };
  const lines = Object.entries(entries).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(settingsPath, lines.join(''), { mode: 0o600 });
  const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', clusterId(dir), '-c', settingsPath];
  for (const mechanism of account === undefined ? [] : SCRAM_MECHANISMS) {
    format.push('--add-scram', `${mechanism}=[name=${account?.username},password=${account?.password}]`);
  }
  const formatted = await runCommand(program.java, ['-cp', program.classPath, ...format], {
    timeoutMs: START_TIMEOUT_MS,
  });
  if (formatted.code !== 0) throw new Error(`Kafka's storage in ${dir} cannot be used:\n${formatted.output.trim()}`);

  const logPath = join(dir, 'kafka.log');
  const child = launch(program, settingsPath, logPath);
  const pid = child.pid ?? 0;
  if (options.background !== true) guardian().watch(child);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded(child) && Date.now() < deadline) {
    if (readFileSync(logPath, 'utf8').includes('Kafka Server started')) {
      return { brokers: `127.0.0.1:${port}`, pid, ca: secured?.ca, stop: () => stop(child, options) };
    }
    await delay(100);
  }
  const lastWords = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  await stop(child, options);
  throw new Error(`Kafka did not start:\n${lastWords}`);
}

function launch(program: KafkaProgram, settingsPath: string, logPath: string): ChildProcess {
  const log = openSync(logPath, 'w', 0o600);
  const logging = `-Dlog4j2.configurationFile=${kafkaResource('log4j2.yaml')}`;
  const args = ['-Xmx512m', logging, '-cp', program.classPath, 'kafka.Kafka', settingsPath];
  const child = spawn(program.java, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  return child;
}

async function stop(child: ChildProcess, { dir, temporary }: KafkaServerOptions): Promise<void> {
  if (!hasEnded(child)) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killTimer);
  }
  if (temporary) {
    await rm(dir, { recursive: true, force: true });
    guardian().keepPath(dir);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function settings(
  dir: string,
  port: number,
  controllerPort: number,
  protocol: string,
): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `${protocol}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${protocol}://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,${protocol}:${protocol}`,
    'log.dirs': join(dir, 'data'),
    'num.partitions': 3,
    // One node cannot replicate; its defaults are for three.
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
  };
}

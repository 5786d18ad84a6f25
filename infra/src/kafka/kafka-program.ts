import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';

/** The parts that run Kafka: Java and the broker's jars. */
export interface KafkaProgram {
  readonly java: string;
  readonly classPath: string;
}

/** The one sentence for a machine without a broker. */
export const HOW_TO_GET_KAFKA =
  'No Kafka found: set KAFKA_BROKERS to a broker you may use, or install Java 17 and Maven (Debian: apt-get install maven openjdk-17-jre-headless).';

const OLDEST_JAVA = 17;

/**
 * Kafka's jars under `<dataDir>/kafka-libs`, fetched once by Maven as `infra/kafka/pom.xml` pins them. Rejects with one sentence
 * that says how to get Kafka, when Java 17 or Maven is missing.
 */
export async function obtainKafkaProgram(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<KafkaProgram> {
  const java = await findJava(env);
  if (java === undefined) throw new Error(HOW_TO_GET_KAFKA);
  const pom = kafkaResource('pom.xml');
  const release = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const libs = join(dataDir, 'kafka-libs', release);
  if (!existsSync(libs)) await fetchJars(pom, libs, env, say);
  return { java, classPath: join(libs, '*') };
}

/** A file of `infra/kafka`. */
export function kafkaResource(name: string): string {
  return fileURLToPath(new URL(`../../kafka/${name}`, import.meta.url));
}

async function findJava(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const ofHome = env.JAVA_HOME === undefined ? undefined : join(env.JAVA_HOME, 'bin', 'java');
  for (const java of [ofHome, findOnPath('java', env)]) {
    if (java === undefined || !isExecutable(java)) continue;
    const { code, output } = await runCommand(java, ['-version'], { timeoutMs: 20_000 });
    const major = Number(/version "(\d+)/.exec(output)?.[1]);
    if (code === 0 && major >= OLDEST_JAVA) return java;
  }
  return undefined;
}

async function fetchJars(pom: string, libs: string, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  const maven = findOnPath('mvn', env);
  if (maven === undefined) throw new Error(HOW_TO_GET_KAFKA);
  // Maven first writes into a folder beside it, so that an interrupted download does not look complete.
  const partial = `${libs}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  const { code, output } = await withProgress("fetching Kafka's jars with Maven, once", say, () =>
    runCommand(maven, ['--batch-mode', '--quiet', '--file', pom, ...copy], { env }),
  );
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`${HOW_TO_GET_KAFKA}\nMaven failed: ${output.trim().split('\n').at(-1) ?? ''}`);
  }
  renameSync(partial, libs);
}

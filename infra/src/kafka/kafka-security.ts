import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath } from '../find-on-path.js';
import { runCommand } from '../run-command.js';

/** The account that a broker accepts. */
export interface KafkaAccount {
  readonly username: string;
  readonly password: string;
}

/** Paths of a key with its certificate and of the certificate alone, and the latter's PEM text. */
export interface Certificate {
  readonly keystore: string;
  readonly certificate: string;
  readonly ca: string;
}

export const SCRAM_MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const KEYSTORE_PASSWORD = 'only-on-this-machine';

/** A certificate for 127.0.0.1 that signs itself, in `dir`; made once. Throws when Java's keytool is missing or fails. */
export async function makeCertificate(java: string, dir: string): Promise<Certificate> {
  const keystore = join(dir, 'kafka.p12');
  const certificate = join(dir, 'ca.pem');
  if (!existsSync(certificate)) {
    const beside = join(dirname(java), 'keytool');
    const keytool = existsSync(beside) ? beside : findOnPath('keytool', process.env);
    if (keytool === undefined) throw new Error('Kafka with TLS needs keytool, which comes with Java.');
    const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', KEYSTORE_PASSWORD, '-alias', 'kafka'];
    const names = ['-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1,DNS:localhost'];
    for (const args of [
      ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', '-validity', '3650', ...names, ...store],
      ['-exportcert', '-rfc', '-file', certificate, ...store],
    ]) {
      const { code, output } = await runCommand(keytool, args, { timeoutMs: 60_000 });
      if (code !== 0) throw new Error(`keytool failed: ${output.trim()}`);
    }
  }
  return { keystore, certificate, ca: readFileSync(certificate, 'utf8') };
}

/** The broker's settings for clients that come with TLS and this account. */
export function securitySettings(
  { keystore, certificate }: Certificate,
  { username, password }: KafkaAccount,
): Record<string, string> {
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const account = `username="${username}" password="${password}" user_${username}="${password}"`;
  return {
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.enabled.mechanisms': ['PLAIN', ...SCRAM_MECHANISMS].join(','),
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `${plain} ${account};`,
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': scram,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': KEYSTORE_PASSWORD,
    // The broker is its own client too.
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificate,
  };
}

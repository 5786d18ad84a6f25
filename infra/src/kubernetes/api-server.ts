import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServerProgram, startServerProcess } from '../server/server-process.js';
import type { KubernetesPrograms } from './obtain-kubernetes.js';

const run = promisify(execFile);

/** A Kubernetes that takes, checks and keeps objects. Without controllers and kubelets nothing comes of them. */
export interface KubernetesApi {
  /** Runs kubectl as its administrator; resolves with what it prints, rejects with what it complains of. */
  kubectl(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts etcd and the API server on loopback, with keys of their own; resolves once it is ready. Nothing of it stays when it is stopped. */
export async function startKubernetesApi(programs: KubernetesPrograms, dir: string): Promise<KubernetesApi> {
  const folders = { etcd: join(dir, 'etcd'), server: join(dir, 'api-server') };
  const etcd = await startServerProcess(etcdProgram(programs.etcd, folders.etcd), {
    dir: folders.etcd,
    temporary: true,
  });
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const access = ['--kubeconfig', join(folders.server, 'kubeconfig'), '--cache-dir', join(folders.server, 'cache')];
    return (await run(programs.kubectl, [...access, ...args], { maxBuffer: 64 << 20 })).stdout;
  };
  try {
    const token = writeKeys(folders.server);
    const program: ServerProgram = {
      ...{ name: 'kube-apiserver', binary: programs.apiServer },
      // It writes its roles into etcd first.
      ...{ startTimeoutMs: 180_000, stopTimeoutMs: 10_000 },
      arguments: (port) => apiServerArguments(port, etcd.port, folders.server),
      async ask(port) {
        writeKubeconfig(folders.server, port, token);
        const ready = await kubectl('get', '--raw', '/readyz').catch(() => undefined);
        return ready === undefined ? undefined : { pid: undefined, loaded: true };
      },
    };
    const server = await startServerProcess(program, { dir: folders.server, temporary: true });
    return {
      kubectl,
      async stop() {
        await server.stop();
        await etcd.stop();
      },
    };
  } catch (error) {
    await etcd.stop();
    throw error;
  }
}

function etcdProgram(binary: string, dir: string): ServerProgram {
  return {
    ...{ name: 'etcd', binary },
    arguments: (port) => [
      ...['--data-dir', join(dir, 'data'), '--listen-peer-urls', 'http://127.0.0.1:0'],
      ...['--listen-client-urls', `http://127.0.0.1:${port}`, '--advertise-client-urls', `http://127.0.0.1:${port}`],
    ],
    async ask(port) {
      const health = `http://127.0.0.1:${port}/health`;
      const answer = await fetch(health, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      return answer?.ok ? { pid: undefined, loaded: true } : undefined;
    },
  };
}

function apiServerArguments(port: number, etcdPort: number, dir: string): string[] {
  const key = join(dir, 'service-account.pem');
  return [
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${dir}`],
    ...[`--etcd-servers=http://127.0.0.1:${etcdPort}`, '--service-cluster-ip-range=10.0.0.0/24'],
    ...['--authorization-mode=RBAC', `--token-auth-file=${join(dir, 'tokens.csv')}`],
    ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${key}`],
    // It would tell a cluster of its address, which is loopback and so refused.
    ...[`--service-account-signing-key-file=${key}`, '--endpoint-reconciler-type=none'],
  ];
}

/** The key that the API server signs with, and the token of its administrator, who is returned. Its certificate it makes itself. */
function writeKeys(dir: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  writeFileSync(join(dir, 'service-account.pem'), pem, { mode: 0o600 });
  const token = randomBytes(24).toString('hex');
  writeFileSync(join(dir, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return token;
}

/** In JSON, which is YAML too. */
function writeKubeconfig(dir: string, port: number, token: string): void {
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(dir, 'apiserver.crt') };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  };
  writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(config), { mode: 0o600 });
}

import { join, resolve } from 'node:path';
import { aptGetInstall } from '../apt-get.js';
import { buildWithGo } from '../build-with-go.js';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr } from '../progress.js';

/** The Kubernetes release that is built; `infra/kubernetes/go.mod` pins its source. */
export const KUBERNETES_VERSION = '1.35.4';

/** Paths of what a Kubernetes of objects alone needs: no pod ever runs in it. */
export interface KubernetesPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
}

/**
 * Finds etcd and kubectl on PATH, installs etcd with apt-get, and builds with Go into `<dataDir>/bin` what is still missing: the API
 * server always. Rejects with one sentence that says how to get it.
 */
export async function obtainKubernetes(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<KubernetesPrograms> {
  const etcd =
    findOnPath('etcd', env) ?? ((await aptGetInstall('etcd-server', say)) ? findOnPath('etcd', env) : undefined);
  if (etcd === undefined)
    throw new Error('No etcd found: install it, as `apt-get install etcd-server` does on Debian.');
  const built = async (name: 'kube-apiserver' | 'kubectl'): Promise<string> => {
    // Go does not accept a relative folder. A new version must not find the old one.
    const binary = join(resolve(dataDir), 'bin', `${name}-${KUBERNETES_VERSION}`);
    if (isExecutable(binary)) return binary;
    const title = `building ${name} ${KUBERNETES_VERSION} with Go, once (up to half an hour)`;
    const problem = await buildWithGo(
      { folder: 'kubernetes', main: `k8s.io/kubernetes/cmd/${name}`, title },
      binary,
      env,
      say,
    );
    if (problem === undefined) return binary;
    throw new Error([`No ${name}: install Go 1.25 or newer to have it built once.`, problem].join('\n').trim());
  };
  return {
    etcd,
    apiServer: await built('kube-apiserver'),
    kubectl: findOnPath('kubectl', env) ?? (await built('kubectl')),
  };
}

import {
  type ChangeResult,
  type ConfigMistake,
  type DestinationConfig,
  type PolicyName,
  parseConfig,
  type ReloadResult,
  type ReverseProxy,
  type UpstreamStatus,
} from '@holdfast/proxy';
import { type GatewayFile, toProxyConfig } from './gateway-file/gateway-file.js';

export type PutResult = { readonly ok: true; readonly created: boolean } | Extract<ChangeResult, { ok: false }>;

/** The running proxy and the file it runs. */
export class Gateway {
  constructor(
    readonly proxy: ReverseProxy,
    private running: GatewayFile,
  ) {}

  /** The file as it runs. */
  get file(): GatewayFile {
    return this.running;
  }

  upstreams(): readonly UpstreamStatus[] {
    return this.proxy.upstreams();
  }

  /**
   * Adds a destination or replaces the one with its id, without a request in between. A repeated call changes nothing, so a
   * caller may repeat it; a replaced destination starts undrained and with empty counters.
   */
  putDestination(upstream: string, destination: DestinationConfig): PutResult {
    const mistakes = destinationMistakes(destination);
    if (mistakes.length > 0) return { ok: false, code: 'invalid_destination', detail: describeMistakes(mistakes) };
    const pool = this.proxy.upstreams().find(({ name }) => name === upstream);
    const present = pool?.destinations.find(({ id }) => id === destination.id);
    if (present !== undefined) {
      if (present.url === destination.url && present.weight === (destination.weight ?? 1)) {
        return { ok: true, created: false };
      }
      this.proxy.removeDestination(upstream, destination.id);
    }
    const added = this.proxy.addDestination(upstream, destination);
    return added.ok ? { ok: true, created: present === undefined } : added;
  }

  /** Has an upstream choose by another policy from the next request on, until the file is read again. */
  setPolicy(name: string, policy: PolicyName): ReloadResult | 'unknown' {
    const { proxy } = this.running;
    const upstream = Object.hasOwn(proxy.upstreams, name) ? proxy.upstreams[name] : undefined;
    if (upstream === undefined) return 'unknown';
    const upstreams = { ...proxy.upstreams, [name]: { ...upstream, policy } };
    return this.run({ ...this.running, proxy: { ...proxy, upstreams } });
  }

  /** Swaps in a reloaded file as a whole, or returns every mistake and changes nothing. */
  replace(file: GatewayFile): ReloadResult {
    const mistakes = [...fixedPorts(this.running, file), ...fixedLab(this.running, file)];
    return mistakes.length > 0 ? { ok: false, mistakes } : this.run(file);
  }

  /** Runs a checked file that listens where the running one does. */
  run(file: GatewayFile): ReloadResult {
    const result = this.proxy.reload(toProxyConfig(file));
    if (result.ok) this.running = file;
    return result;
  }
}

/** Judges a destination with the proxy's own rules. */
function destinationMistakes(destination: DestinationConfig): readonly ConfigMistake[] {
  const parsed = parseConfig({ upstreams: { any: { destinations: [destination] } }, routes: [] });
  if (parsed.ok) return [];
  return parsed.mistakes.map((mistake) => ({ ...mistake, path: mistake.path.split('.').slice(4).join('.') }));
}

/** A listening socket cannot move: a file that moves it needs a restart, and gets a mistake that says this. */
function fixedPorts(running: GatewayFile, next: GatewayFile): readonly ConfigMistake[] {
  const pairs = [
    ['listen.port', running.proxy.listen?.port, next.proxy.listen?.port],
    ['listen.host', running.proxy.listen?.host, next.proxy.listen?.host],
    ['admin.port', running.admin.port, next.admin.port],
    ['status.port', running.status?.port, next.status?.port],
    ['status.host', running.status?.host, next.status?.host],
  ] as const;
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([path, before]) => ({
      path,
      problem: 'cannot change while the gateway runs: restart it, or keep the old value',
      example: before === undefined ? 'leave it out' : String(before),
    }));
}

/** The routes of the admin API are decided at start. */
function fixedLab(running: GatewayFile, next: GatewayFile): readonly ConfigMistake[] {
  if ((running.scenarios === undefined) === (next.scenarios === undefined)) return [];
  const problem = 'cannot be added or removed while the gateway runs: restart it, or keep it as it was';
  return [
    {
      path: 'scenarios',
      problem,
      example: running.scenarios ? `{ active: ${running.scenarios.active} }` : 'leave it out',
    },
  ];
}

/** Mistakes as one line for a problem's detail. */
export function describeMistakes(mistakes: readonly ConfigMistake[]): string {
  return mistakes.map(({ path, problem, example }) => `${path} ${problem}, for example ${example}`).join('; ');
}

import {
  type ChangeResult,
  type ConfigMistake,
  type DestinationConfig,
  parseConfig,
  type ReloadResult,
  type ReverseProxy,
  type UpstreamStatus,
} from '@holdfast/proxy';
import { type GatewayFile, toProxyConfig } from './gateway-file/gateway-file.js';
import { scenarioNames } from './scenario/scenario-routes.js';

/** The active scenario and all that could be. */
export interface ScenarioStatus {
  readonly active: string;
  readonly scenarios: readonly string[];
}

export type PutResult = { readonly ok: true; readonly created: boolean } | Extract<ChangeResult, { ok: false }>;

/** The running proxy and the file it runs. */
export class Gateway {
  constructor(
    readonly proxy: ReverseProxy,
    private file: GatewayFile,
  ) {}

  upstreams(): readonly UpstreamStatus[] {
    return this.proxy.upstreams();
  }

  /** Undefined when the file has no `scenarios` block. */
  scenario(): ScenarioStatus | undefined {
    const { scenarios, proxy } = this.file;
    return scenarios && { active: scenarios.active, scenarios: scenarioNames(proxy.routes, scenarios.domain) };
  }

  /**
   * Serves `name` at the plain hosts from the next request on; false when there is no such scenario. Only routes change, so
   * the proxy keeps every upstream with its health, its load and what the admin API did to its destinations.
   */
  activate(name: string): boolean {
    const { scenarios } = this.file;
    if (scenarios === undefined || !this.scenario()?.scenarios.includes(name)) return false;
    return this.apply({ ...this.file, scenarios: { ...scenarios, active: name } }).ok;
  }

  /**
   * Adds a destination or replaces the one with its id, without a request in between. The same call twice changes nothing, so
   * that a caller may repeat it; a replaced destination starts afresh, undrained and with empty counters.
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

  /** Swaps in a reloaded file as a whole, or says every reason why not and changes nothing. */
  replace(file: GatewayFile): ReloadResult {
    const mistakes = fixedPorts(this.file, file);
    return mistakes.length > 0 ? { ok: false, mistakes } : this.apply(file);
  }

  private apply(file: GatewayFile): ReloadResult {
    const result = this.proxy.reload(toProxyConfig(file));
    if (result.ok) this.file = file;
    return result;
  }
}

/** Judges a destination with the proxy's own rules. */
function destinationMistakes(destination: DestinationConfig): readonly ConfigMistake[] {
  const parsed = parseConfig({ upstreams: { any: { destinations: [destination] } }, routes: [] });
  if (parsed.ok) return [];
  return parsed.mistakes.map((mistake) => ({ ...mistake, path: mistake.path.split('.').slice(4).join('.') }));
}

/** A listening socket stays where it is; a file that moves it needs a restart, and saying so beats ignoring it. */
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

/** Mistakes as one line for a problem's detail. */
export function describeMistakes(mistakes: readonly ConfigMistake[]): string {
  return mistakes.map(({ path, problem, example }) => `${path} ${problem}, for example ${example}`).join('; ');
}

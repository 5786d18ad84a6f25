import type {
  ChangeResult,
  ConfigMistake,
  DestinationConfig,
  ProxyConfig,
  ReloadResult,
  ReverseProxy,
  UpstreamStatus,
} from '@holdfast/proxy';
import { dropDestination, putDestination } from './gateway-file/edit-destinations.js';
import { type GatewayFile, toProxyConfig } from './gateway-file/gateway-file.js';
import { scenarioNames } from './scenario/scenario-routes.js';

/** The active scenario and all that could be. */
export interface ScenarioStatus {
  readonly active: string;
  readonly scenarios: readonly string[];
}

export type PutResult = { readonly ok: true; readonly created: boolean } | Extract<ChangeResult, { ok: false }>;

/**
 * The running proxy and the file it runs. Every change, whether a reloaded file, a switched scenario or an edited destination,
 * goes one way: a new file, judged as a whole, handed to the proxy, and kept only if the proxy took it.
 */
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

  /** Serves `name` at the plain hosts from the next request on; false when there is no such scenario. */
  activate(name: string): boolean {
    const { scenarios } = this.file;
    if (scenarios === undefined || !this.scenario()?.scenarios.includes(name)) return false;
    return this.apply({ ...this.file, scenarios: { ...scenarios, active: name } }).ok;
  }

  /** Adds a destination or replaces the one with its id; the same call twice changes nothing. */
  putDestination(upstream: string, destination: DestinationConfig): PutResult {
    const edit = putDestination(this.file.proxy, upstream, destination);
    if (!edit.ok) return unknown(edit.code, upstream, destination.id);
    const result = this.applyProxy(edit.config);
    if (!result.ok) return { ok: false, code: 'invalid_destination', detail: describeMistakes(result.mistakes) };
    return { ok: true, created: edit.created };
  }

  /** Takes a destination out at once; requests in flight to it still end. */
  removeDestination(upstream: string, id: string): ChangeResult {
    const edit = dropDestination(this.file.proxy, upstream, id);
    if (!edit.ok) return unknown(edit.code, upstream, id);
    const result = this.applyProxy(edit.config);
    return result.ok ? result : { ok: false, code: 'invalid_destination', detail: describeMistakes(result.mistakes) };
  }

  /** Swaps in a reloaded file as a whole, or says every reason why not and changes nothing. */
  replace(file: GatewayFile): ReloadResult {
    const { port } = this.file.admin;
    if (file.admin.port === port) return this.apply(file);
    const problem = `cannot change from ${port} while running: restart the gateway`;
    return { ok: false, mistakes: [{ path: 'admin.port', problem, example: String(port) }] };
  }

  private applyProxy(proxy: ProxyConfig): ReloadResult {
    return this.apply({ ...this.file, proxy });
  }

  private apply(file: GatewayFile): ReloadResult {
    const result = this.proxy.reload(toProxyConfig(file));
    if (result.ok) this.file = file;
    return result;
  }
}

function unknown(code: 'unknown_upstream' | 'unknown_destination', upstream: string, id: string) {
  const detail =
    code === 'unknown_upstream'
      ? `There is no upstream "${upstream}".`
      : `The upstream "${upstream}" has no destination "${id}".`;
  return { ok: false, code, detail } as const;
}

/** Mistakes as one line for a problem's detail. */
export function describeMistakes(mistakes: readonly ConfigMistake[]): string {
  return mistakes.map(({ path, problem, example }) => `${path}: ${problem}, for example ${example}`).join('; ');
}

import { type ConfigMistake, checkConfig, type ProxyConfig, parseConfig } from '@holdfast/proxy';
import { parseDocument } from 'yaml';
import type { ScenarioHosts } from '../lab/scenario-hosts.js';
import { EXAMPLES, gatewayFileSchema } from './gateway-file.schema.js';

/** A valid gateway file: the proxy's config as written, and the gateway's own settings. */
export interface GatewayFile {
  readonly admin: { readonly port: number };
  /** Undefined for a file without scenarios: the gateway then does not load its lab part. */
  readonly scenarios: ScenarioHosts | undefined;
  /** The address at which other machines can read health and metrics; undefined for none. */
  readonly status: { readonly host: string; readonly port: number } | undefined;
  /** Routes as written; `toProxyConfig` gives them their scenario hosts. */
  readonly proxy: ProxyConfig;
}

export type ParsedGatewayFile =
  | { readonly ok: true; readonly file: GatewayFile; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly mistakes: readonly ConfigMistake[] };

/** Settings from the environment; each wins over the file. */
export interface Overrides {
  readonly port?: number | undefined;
  readonly adminPort?: number | undefined;
  /** Secrets have no place in a file that is kept with the code. */
  readonly affinitySecrets?: readonly string[] | undefined;
}

const EXAMPLE_FILE =
  '{ upstreams: { app: { destinations: [{ id: app-1, url: http://127.0.0.1:3001 }] } }, routes: [{ path: /, upstream: app }] }';

/** Reads YAML or JSON and checks it as a whole; it lists every mistake, and none hides another. Never rejects. */
export async function parseGatewayFile(text: string, overrides: Overrides = {}): Promise<ParsedGatewayFile> {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ message, pos }) => ({
      path: `line ${text.slice(0, pos[0]).split('\n').length}`,
      problem: message,
      example: EXAMPLE_FILE,
    }));
    return { ok: false, mistakes };
  }
  const content: unknown = readDocument(document);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return {
      ok: false,
      mistakes: [{ path: '(file)', problem: 'is not a mapping of settings', example: EXAMPLE_FILE }],
    };
  }
  return checkContent(content, overrides);
}

/** The document as plain data, or undefined for aliases that expand without end. */
function readDocument(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

async function checkContent(content: object, overrides: Overrides): Promise<ParsedGatewayFile> {
  const { parsed, mistakes: found } = checkConfig(gatewayFileSchema, withOverrides(content, overrides), EXAMPLES);
  if (parsed === undefined) return { ok: false, mistakes: found };
  const { admin, scenarios: block, status, ...proxy } = parsed;
  const lab = block && (await import('../lab/scenario-hosts.js')).readScenarios(block, proxy.routes);
  const file: GatewayFile = { admin, scenarios: lab?.scenarios, status, proxy };
  const mistakes = [...found, ...samePorts(file), ...(lab?.mistakes ?? [])];
  if (mistakes.length > 0) return { ok: false, mistakes };
  const expanded = parseConfig(toProxyConfig(file));
  return expanded.ok ? { ok: true, file, warnings: expanded.warnings } : expanded;
}

function withOverrides(content: object, { port, adminPort, affinitySecrets }: Overrides): object {
  const { listen, admin } = content as Record<string, unknown>;
  return {
    ...content,
    ...(port !== undefined && { listen: withPort(listen, port) }),
    ...(adminPort !== undefined && { admin: withPort(admin, adminPort) }),
    ...(affinitySecrets !== undefined && { affinitySecrets }),
  };
}

function withPort(listener: unknown, port: number): unknown {
  return typeof listener === 'object' && listener !== null ? { ...listener, port } : { port };
}

/** Two listeners cannot share a port of one address. Port 0 is any free one. */
function samePorts({ proxy, admin, status }: GatewayFile): readonly ConfigMistake[] {
  const listen = { path: 'listen.port', host: proxy.listen?.host ?? '127.0.0.1', port: proxy.listen?.port ?? 8080 };
  const others = [
    { path: 'admin.port', host: '127.0.0.1', port: admin.port },
    ...(status === undefined ? [] : [{ path: 'status.port', ...status }]),
  ];
  const taken = [listen];
  return others.flatMap((listener) => {
    const { path, port } = listener;
    const other = taken.find((each) => each.port === port && port !== 0 && overlap(each.host, listener.host));
    taken.push(listener);
    if (other === undefined) return [];
    const free = [port + 1, port + 2, port + 3].find((each) => taken.every((one) => one.port !== each)) ?? 0;
    return [{ path, problem: `${port} is the port of ${other.path} too`, example: String(free > 65_535 ? 0 : free) }];
  });
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [plainHost(one), plainHost(other)];
  return a === b || ANY_ADDRESS.has(a) || ANY_ADDRESS.has(b);
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function plainHost(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.toLowerCase();
}

/** The proxy's config: the file's, with every scenario's routes at all its hosts. */
export function toProxyConfig({ scenarios, proxy }: GatewayFile): ProxyConfig {
  return scenarios === undefined ? proxy : scenarios.serve(proxy);
}

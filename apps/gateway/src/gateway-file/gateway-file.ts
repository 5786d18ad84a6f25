import { type ConfigMistake, type ProxyConfig, parseConfig } from '@holdfast/proxy';
import { parseDocument } from 'yaml';
import { expandRoutes, type Scenarios, scenarioNames } from '../scenario/scenario-routes.js';
import { gatewayPartSchema, toMistakes } from './gateway-part.schema.js';

/** A valid gateway file: the proxy's config as written, and what the gateway adds to it. */
export interface GatewayFile {
  readonly admin: { readonly port: number };
  readonly scenarios: Scenarios | undefined;
  /** Routes as written; `toProxyConfig` gives them their scenario hosts. */
  readonly proxy: ProxyConfig;
}

export type ParsedGatewayFile =
  | { readonly ok: true; readonly file: GatewayFile }
  | { readonly ok: false; readonly mistakes: readonly ConfigMistake[] };

/** Ports from the environment; each wins over the file. */
export interface PortOverrides {
  readonly port?: number | undefined;
  readonly adminPort?: number | undefined;
}

const EXAMPLE_FILE =
  '{ upstreams: { app: { destinations: [{ id: app-1, url: http://127.0.0.1:3001 }] } }, routes: [{ path: /, upstream: app }] }';

/** Reads YAML or JSON and checks it as a whole; every mistake is listed, none hides another. Never throws. */
export function parseGatewayFile(text: string, overrides: PortOverrides = {}): ParsedGatewayFile {
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

function checkContent(content: object, overrides: PortOverrides): ParsedGatewayFile {
  const { admin, scenarios, ...rest } = content as Record<string, unknown>;
  const own = gatewayPartSchema.safeParse({ admin, scenarios });
  const proxyPart = overrides.port === undefined ? rest : { ...rest, listen: withPort(rest.listen, overrides.port) };
  const proxy = parseConfig(proxyPart);
  const mistakes = [...(own.success ? [] : toMistakes(own.error)), ...(proxy.ok ? [] : proxy.mistakes)];
  if (!own.success || !proxy.ok) return { ok: false, mistakes };
  const file: GatewayFile = {
    admin: { port: overrides.adminPort ?? own.data.admin.port },
    scenarios: own.data.scenarios,
    proxy: proxy.config,
  };
  const scenarioMistakes = checkScenarios(file);
  return scenarioMistakes.length === 0 ? { ok: true, file } : { ok: false, mistakes: scenarioMistakes };
}

function withPort(listen: unknown, port: number): unknown {
  return typeof listen === 'object' && listen !== null ? { ...listen, port } : { port };
}

function checkScenarios(file: GatewayFile): readonly ConfigMistake[] {
  if (file.scenarios === undefined) return [];
  const { active, domain } = file.scenarios;
  const names = scenarioNames(file.proxy.routes, domain);
  if (!names.includes(active)) {
    const known = names.length === 0 ? `no route has a host under ${domain}` : `the routes name ${names.join(', ')}`;
    return [
      { path: 'scenarios.active', problem: `"${active}" has no routes: ${known}`, example: names[0] ?? 'my-scenario' },
    ];
  }
  const expanded = parseConfig(toProxyConfig(file));
  return expanded.ok ? [] : expanded.mistakes;
}

/** What the proxy runs: the file's config with every scenario's routes at all its hosts. */
export function toProxyConfig(file: GatewayFile): ProxyConfig {
  if (file.scenarios === undefined) return file.proxy;
  return { ...file.proxy, routes: expandRoutes(file.proxy.routes, file.scenarios) };
}

import { z } from 'zod';

const TIMEOUT_MS = 5_000;

const proxyShape = z.looseObject({ name: z.string(), listen: z.string(), upstream: z.string(), enabled: z.boolean() });
const versionShape = z.looseObject({ version: z.string() });

/** A port of Toxiproxy that leads to another server. */
export interface ToxiproxyProxy {
  readonly name: string;
  /** Where clients connect instead, on 127.0.0.1. */
  readonly port: number;
  /** `host:port` of the server behind it. */
  readonly upstream: string;
  readonly enabled: boolean;
}

/** Which way a toxic works: `downstream` on answers, `upstream` on requests. */
export type ToxicDirection = 'upstream' | 'downstream';

/** The HTTP API of a Toxiproxy server (https://github.com/Shopify/toxiproxy#http-api). Every call rejects when it is refused. */
export class ToxiproxyClient {
  /** `url` such as `http://127.0.0.1:8474`. */
  constructor(private readonly url: string) {}

  async version(): Promise<string> {
    return versionShape.parse(await this.call('GET', '/version')).version;
  }

  /** A port that leads to `upstream` (`host:port`); any free one, unless `port` names it. */
  async createProxy(name: string, upstream: string, port = 0): Promise<ToxiproxyProxy> {
    const body = { name, upstream, listen: `127.0.0.1:${port}`, enabled: true };
    return toProxy(await this.call('POST', '/proxies', body));
  }

  /** Delays that direction by `latencyMs` ± `jitterMs`; replaces a delay that is already set. */
  async addLatency(
    name: string,
    latencyMs: number,
    { jitterMs = 0, direction = 'downstream' }: { jitterMs?: number; direction?: ToxicDirection } = {},
  ): Promise<void> {
    await this.removeLatency(name, direction);
    const attributes = { latency: latencyMs, jitter: jitterMs };
    const body = { name: latencyName(direction), type: 'latency', stream: direction, toxicity: 1, attributes };
    await this.call('POST', `/proxies/${encodeURIComponent(name)}/toxics`, body);
  }

  /** Removes the delay; resolves also without one. */
  async removeLatency(name: string, direction: ToxicDirection = 'downstream'): Promise<void> {
    await this.call(
      'DELETE',
      `/proxies/${encodeURIComponent(name)}/toxics/${latencyName(direction)}`,
      undefined,
      [404],
    );
  }

  /** False cuts every connection and refuses new ones, as a partition does; true takes them again. */
  async setEnabled(name: string, enabled: boolean): Promise<void> {
    await this.call('POST', `/proxies/${encodeURIComponent(name)}`, { enabled });
  }

  /** Closes the port and its connections. */
  async removeProxy(name: string): Promise<void> {
    await this.call('DELETE', `/proxies/${encodeURIComponent(name)}`);
  }

  private async call(method: string, path: string, body?: object, accepted: readonly number[] = []): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && !accepted.includes(response.status)) {
      throw new Error(`Toxiproxy answered ${method} ${path} with ${response.status}: ${text.trim()}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

function latencyName(direction: ToxicDirection): string {
  return `latency_${direction}`;
}

function toProxy(answer: unknown): ToxiproxyProxy {
  const { name, listen, upstream, enabled } = proxyShape.parse(answer);
  return { name, upstream, enabled, port: Number(listen.slice(listen.lastIndexOf(':') + 1)) };
}

import { createHmac, randomBytes } from 'node:crypto';

const tokenLength = 22;
const clientLength = 8;
const maxTokens = 8;

/**
 * The affinity cookie: `<client>.<token>[.<token>…]`. A token is the HMAC of upstream and destination id, so it is
 * opaque, cannot be made up, needs no memory, and survives restarts and several gateways that share the secrets.
 * Checking one is a map look-up. Several upstreams may use one cookie name: each reads its own token and keeps the
 * others'. The client part is random, not signed, and serves only to count distinct clients.
 */
export class AffinityTokens<D> {
  private readonly owners = new Map<string, { upstream: string; destination: D }>();

  constructor(private readonly secrets: readonly string[]) {}

  /** Makes the tokens of a destination known, under every secret. Returns the one to hand out. */
  register(upstream: string, id: string, destination: D): string {
    const tokens = this.tokensOf(upstream, id);
    for (const token of tokens) this.owners.set(token, { upstream, destination });
    return tokens[0] as string;
  }

  forget(upstream: string, id: string): void {
    for (const token of this.tokensOf(upstream, id)) this.owners.delete(token);
  }

  /** The destination of this upstream that the cookie's value names; undefined for none, forged or forgotten. */
  destinationOf(upstream: string, value: string): D | undefined {
    for (let at = clientLength + 1; at + tokenLength <= value.length; at += tokenLength + 1) {
      const owner = this.owners.get(value.slice(at, at + tokenLength));
      if (owner !== undefined && owner.upstream === upstream) return owner.destination;
    }
    return undefined;
  }

  /** A cookie value that names `token` for this upstream and keeps what `previous` says of others. */
  issue(upstream: string, token: string, previous: string | undefined): string {
    const [client = '', ...tokens] = (previous ?? '').split('.');
    const kept = tokens.filter((other) => {
      const owner = this.owners.get(other);
      return owner !== undefined && owner.upstream !== upstream;
    });
    return [isClient(client) ? client : newClient(), token, ...kept.slice(0, maxTokens - 1)].join('.');
  }

  private tokensOf(upstream: string, id: string): string[] {
    return this.secrets.map((secret) =>
      createHmac('sha256', secret).update(`affinity\0${upstream}\0${id}`).digest('base64url').slice(0, tokenLength),
    );
  }
}

/** The part of a cookie value that tells one client from another. */
export function clientOf(value: string): string {
  return value.slice(0, clientLength);
}

function isClient(text: string): boolean {
  return /^[A-Za-z0-9_-]{8}$/.test(text);
}

function newClient(): string {
  return randomBytes(6).toString('base64url');
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { clientOf, newClient } from './client-part.js';

const TOKEN_LENGTH = 22;
const TIME_LENGTH = 7;
const AGED_LENGTH = TOKEN_LENGTH + TIME_LENGTH + TOKEN_LENGTH;
const MAX_TOKENS = 8;
/** Times of issue are in tenths of a second, rounded up: a binding never ends earlier than its setting says. */
const TIME_UNIT_MS = 100;
const MAX_VERIFIED = 10_000;
const MAX_GONE = 10_000;

interface Owner<D> {
  readonly upstream: string;
  /** Null: the destination was removed. */
  destination: D | null;
  readonly secret: string;
  /** The secret of this token is the one that signs. */
  readonly signs: boolean;
  /** The token is valid only together with a signed time of issue. */
  readonly aged: boolean;
  /** The binding that a cookie with this token stands for when it has no time of issue. */
  readonly plain: Binding<D>;
}

/** The destination of one upstream that a cookie names. */
export interface Binding<D> {
  /** Null: the destination it names was removed. */
  readonly destination: D | null;
  /** Whether it was signed with the secret that signs new cookies. */
  readonly isCurrent: boolean;
  /** The time of issue; undefined for a cookie without one. */
  readonly issuedMs: number | undefined;
}

/**
 * The affinity cookie: `<client>.<entry>[.<entry>…]`, one entry for each upstream that uses the cookie's name. An entry begins with a
 * token: the HMAC of upstream and destination id, so it is opaque, cannot be made up, needs no memory, and survives
 * restarts and several gateways that share the secrets. Where bindings have a time limit, the time of issue and its HMAC
 * follow. The client part is random, not signed, and serves only to count distinct clients.
 */
export class AffinityTokens<D> {
  private readonly owners = new Map<string, Owner<D>>();
  /** Tokens of removed destinations, oldest first. */
  private readonly gone = new Set<string>();
  /** Entries whose signed time was found to be right. */
  private readonly verified = new Set<string>();
  private readonly lastEntries = new Map<string, { readonly time: string; readonly entry: string }>();

  constructor(
    private readonly secrets: readonly string[],
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Registers the tokens of a destination under every secret. Returns the token for new cookies; `aged` asks for one with a time limit. */
  register(upstream: string, id: string, destination: D, aged = false): string {
    for (const kind of [false, true]) {
      this.secrets.forEach((secret, index) => {
        const token = tokenOf(secret, upstream, id, kind);
        const signs = index === 0;
        const plain = { destination, isCurrent: signs, issuedMs: undefined };
        this.owners.set(token, { upstream, destination, secret, signs, aged: kind, plain });
        this.gone.delete(token);
      });
    }
    return tokenOf(this.secrets[0] as string, upstream, id, aged);
  }

  /** Marks a destination as removed. Its cookies are still recognised, with `destination: null`. */
  forget(upstream: string, id: string): void {
    for (const kind of [false, true]) {
      for (const secret of this.secrets) {
        const token = tokenOf(secret, upstream, id, kind);
        const owner = this.owners.get(token);
        if (owner === undefined) continue;
        this.owners.set(token, { ...owner, destination: null, plain: { ...owner.plain, destination: null } });
        this.gone.add(token);
        this.lastEntries.delete(token);
      }
    }
    for (const token of this.gone) {
      if (this.gone.size <= MAX_GONE) break;
      this.gone.delete(token);
      this.owners.delete(token);
    }
  }

  /** Reads the binding to this upstream from a cookie's value. Undefined without an entry, for a forged one, and after `maxAgeSeconds`. */
  read(upstream: string, value: string, maxAgeSeconds?: number): Binding<D> | undefined {
    let at = value.indexOf('.') + 1;
    while (at > 0) {
      const dot = value.indexOf('.', at);
      const length = (dot < 0 ? value.length : dot) - at;
      if (length === TOKEN_LENGTH || length === AGED_LENGTH) {
        const owner = this.owners.get(value.slice(at, at + TOKEN_LENGTH));
        if (owner !== undefined && owner.upstream === upstream) {
          if (!owner.aged) return length === TOKEN_LENGTH ? owner.plain : undefined;
          return length === AGED_LENGTH
            ? this.readAged(owner, value.slice(at, at + AGED_LENGTH), maxAgeSeconds)
            : undefined;
        }
      }
      at = dot + 1;
    }
    return undefined;
  }

  private readAged(owner: Owner<D>, entry: string, maxAgeSeconds: number | undefined): Binding<D> | undefined {
    const issuedMs = Number.parseInt(entry.slice(TOKEN_LENGTH, TOKEN_LENGTH + TIME_LENGTH), 36) * TIME_UNIT_MS;
    if (maxAgeSeconds !== undefined && this.nowMs() > issuedMs + maxAgeSeconds * 1000) return undefined;
    if (!this.verified.has(entry)) {
      const signed = entry.slice(0, TOKEN_LENGTH + TIME_LENGTH);
      if (!isSame(entry, signed + macOf(owner.secret, signed))) return undefined;
      if (this.verified.size >= MAX_VERIFIED) this.verified.clear();
      // A copy: a slice would keep the whole head that it was cut from.
      this.verified.add(Buffer.from(entry, 'latin1').toString('latin1'));
    }
    return { destination: owner.destination, isCurrent: owner.signs, issuedMs };
  }

  /** Makes a cookie value with `token` for this upstream and the entries of other upstreams from `previous`. `issuedMs` is for aged tokens. */
  issue(upstream: string, token: string, previous: string | undefined, issuedMs?: number): string {
    const [client = '', ...entries] = (previous ?? '').split('.');
    const kept = entries.filter((other) => {
      const owner = this.owners.get(other.slice(0, TOKEN_LENGTH));
      return owner !== undefined && owner.upstream !== upstream && owner.aged === (other.length === AGED_LENGTH);
    });
    const entry = this.owners.get(token)?.aged === true ? this.agedEntry(token, issuedMs ?? this.nowMs()) : token;
    return [clientOf(client) ?? newClient(), entry, ...kept.slice(0, MAX_TOKENS - 1)].join('.');
  }

  /** Entries of one token within the same tenth of a second are equal, so the last one is kept. */
  private agedEntry(token: string, issuedMs: number): string {
    const time = Math.ceil(issuedMs / TIME_UNIT_MS)
      .toString(36)
      .padStart(TIME_LENGTH, '0');
    const last = this.lastEntries.get(token);
    if (last?.time === time) return last.entry;
    const signed = token + time;
    const entry = signed + macOf(this.secrets[0] as string, signed);
    this.lastEntries.set(token, { time, entry });
    return entry;
  }
}

function tokenOf(secret: string, upstream: string, id: string, aged: boolean): string {
  return digest(secret, `${aged ? 'affinity-aged' : 'affinity'}\0${upstream}\0${id}`);
}

function macOf(secret: string, signed: string): string {
  return digest(secret, `affinity-time\0${signed}`);
}

function digest(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, TOKEN_LENGTH);
}

function isSame(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

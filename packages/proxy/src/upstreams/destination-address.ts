import dns from 'node:dns';
import { isIP, type LookupFunction, type TcpNetConnectOpts } from 'node:net';
import type { Deadlines } from '../deadlines.js';

/** One address of a name. */
export interface NameAddress {
  readonly address: string;
  readonly family: number;
}

/** Looks a name up. Rejects with the resolver's error. */
export type Lookup = (host: string) => Promise<readonly NameAddress[]>;

/** Names are looked up this often, so a moved name is noticed within this time. */
const LOOKUP_INTERVAL_MS = 5000;
/** While lookups fail, the last good addresses serve for this long. */
const LAST_GOOD_MS = 300_000;

/** The lookup of the operating system. */
export const systemLookup: Lookup = (host) =>
  new Promise((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });

/**
 * The address of a destination. Names are looked up here, not by each connection: traffic and probes use the same address, the
 * last good address serves while lookups fail, and a name that moved is noticed.
 */
export class DestinationAddress {
  /** The options of a connection. For a name they include a lookup that is answered from here. */
  readonly connect: TcpNetConnectOpts;
  private readonly isName: boolean;
  /** The known addresses; the one in use is the first. */
  private known: readonly NameAddress[] = [];
  private knownAtMs = Number.NEGATIVE_INFINITY;
  private nextMs = Number.NEGATIVE_INFINITY;
  private pending: Promise<void> | null = null;
  private lastError: NodeJS.ErrnoException | null = null;

  constructor(
    private readonly host: string,
    port: number,
    private readonly deadlines: Deadlines,
    private readonly lookup: Lookup,
    /** Called when the address in use is no longer one of the name's, or when the name was lost or found. */
    private readonly changed: (change: 'moved' | 'lost' | 'found') => void,
  ) {
    this.isName = isIP(host) === 0;
    const answer: LookupFunction = (_, options, callback) => {
      void this.ready().then(() => {
        const [first] = this.known;
        if (first === undefined) callback(this.lastError ?? new Error('no address'), '', 0);
        else if (options.all === true) callback(null, [...this.known]);
        else callback(null, first.address, first.family);
      });
    };
    this.connect = this.isName ? { host, port, lookup: answer, autoSelectFamily: true } : { host, port };
  }

  /** Whether there is an address to connect to. */
  get isKnown(): boolean {
    return !this.isName || this.known.length > 0;
  }

  /** The name could not be looked up, and no good address is left. */
  get isLost(): boolean {
    return this.isName && this.known.length === 0 && this.lastError !== null;
  }

  /** A connection was made. Its address is the one to use. */
  used(socket: { readonly remoteAddress?: string | undefined }): void {
    if (!this.isName) return;
    const { remoteAddress } = socket;
    if (remoteAddress === this.known[0]?.address) return;
    const one = this.known.find(({ address }) => address === remoteAddress);
    if (one !== undefined) this.known = [one, ...this.known.filter((other) => other !== one)];
  }

  tick(nowMs: number): void {
    if (this.isName && nowMs >= this.nextMs) void this.refresh();
  }

  private ready(): Promise<void> {
    return this.known.length > 0 ? Promise.resolve() : this.refresh();
  }

  private refresh(): Promise<void> {
    this.pending ??= this.lookUp().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  private async lookUp(): Promise<void> {
    this.nextMs = this.deadlines.nowMs + LOOKUP_INTERVAL_MS;
    const wasLost = this.isLost;
    try {
      const found = await this.lookup(this.host);
      if (found.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
      this.lastError = null;
      this.knownAtMs = this.deadlines.nowMs;
      const [before] = this.known;
      const same = found.find(({ address }) => address === before?.address);
      this.known = same === undefined ? found : [same, ...found.filter((one) => one !== same)];
      if (wasLost) this.changed('found');
      else if (before !== undefined && same === undefined) this.changed('moved');
    } catch (error) {
      this.lastError = error as NodeJS.ErrnoException;
      if (this.deadlines.nowMs - this.knownAtMs >= LAST_GOOD_MS) this.known = [];
      if (!wasLost && this.isLost) this.changed('lost');
    }
  }
}

import { BlockList, isIP } from 'node:net';

/** Who sent a request, as far as the proxy believes it. */
export interface Peer {
  /** Address of the other end of the connection. */
  readonly address: string;
  /** Whether its forwarded headers are believed. */
  readonly trusted: boolean;
}

/** Knows which peers are trusted proxies. */
export class TrustedProxies {
  private readonly list = new BlockList();

  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', bits] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(bits), family);
    }
  }

  peer(remoteAddress: string | undefined): Peer {
    const address = plainAddress(remoteAddress ?? '');
    return { address, trusted: this.trusts(address) };
  }

  /** The address of the client: the last entry of X-Forwarded-For that is not a trusted proxy's, for a trusted peer. */
  clientAddress(peer: Peer, forwardedFor: string | undefined): string {
    if (!peer.trusted || forwardedFor === undefined) return peer.address;
    let client = peer.address;
    const entries = forwardedFor.split(',');
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = plainAddress((entries[i] as string).trim());
      if (isIP(entry) === 0) return client;
      client = entry;
      if (!this.trusts(entry)) return client;
    }
    return client;
  }

  private trusts(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** IPv4 addresses seen through an IPv6 socket lose their prefix. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

import { BlockList, isIP } from 'node:net';
import { FORWARDED, X_FORWARDED_FOR } from '../http1/header-name.js';
import { isValidHost } from '../http1/host.js';
import type { RequestHead } from '../http1/request-head.js';
import { type ForwardedElement, parseForwarded } from './forwarded-header.js';
import { canonicalAddress, nodeAddress } from './ip-address.js';

/** The origin of a request, from the connection and from the reports of trusted proxies. */
export interface Origin {
  /** Address of the client. */
  readonly address: string;
  /** The addresses that trusted proxies reported, as a list that ends with ", "; empty when there are none. */
  readonly passed: string;
  /** Their `Forwarded` value, unchanged. */
  readonly forwarded: string;
  /** Scheme and host the client used, where only `Forwarded` reports them; else empty. */
  readonly proto: string;
  readonly host: string;
}

/** The other end of a connection. */
export interface Peer {
  readonly address: string;
  /** Whether its forwarded headers are believed. */
  readonly trusted: boolean;
  /** The port of this proxy that it connected to. */
  readonly port: number;
  /** The origin of its requests when no trusted proxy reports another. */
  readonly origin: Origin;
}

/** Knows which peers are trusted proxies. Every spelling of an IPv6 address is the same address. */
export class TrustedProxies {
  private readonly list = new BlockList();

  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [text = '', bits] = range.split('/');
      const address = canonicalAddress(text) ?? text;
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      // The range of IPv4 addresses that are written as IPv6 begins at bit 96.
      const isMapped = family === 'ipv4' && text.includes(':');
      if (bits === undefined) this.list.addAddress(address, family);
      else if (isMapped && Number(bits) < 96) this.list.addSubnet(text, Number(bits), 'ipv6');
      else this.list.addSubnet(address, Number(bits) - (isMapped ? 96 : 0), family);
    }
  }

  peer(remoteAddress: string | undefined, port: number): Peer {
    const address = canonicalAddress(remoteAddress ?? '') ?? '';
    const origin = { address, passed: '', forwarded: '', proto: '', host: '' };
    return { address, trusted: this.trusts(address), port, origin };
  }

  /**
   * Returns the origin of a request of this peer. With a trusted peer the client is the last address of X-Forwarded-For that is not
   * a trusted proxy's. `Forwarded` counts where there is no X-Forwarded-For, since many proxies pass on a client's `Forwarded` unread.
   */
  origin(peer: Peer, head: RequestHead): Origin {
    if (!peer.trusted) return peer.origin;
    const forwarded = head.findAll(FORWARDED);
    const list = head.findAll(X_FORWARDED_FOR);
    if (list !== '') {
      const client = this.lastUntrusted(peer, list.split(','));
      return { address: client.address, passed: `${list}, `, forwarded, proto: '', host: '' };
    }
    const elements = forwarded === '' ? undefined : parseForwarded(forwarded);
    if (elements === undefined) return peer.origin;
    const nodes = elements.map(({ node }) => node);
    const client = this.lastUntrusted(peer, nodes);
    const element = elements[client.at];
    const passed = nodes.map((node) => `${nodeAddress(node) ?? plainToken(node)}, `).join('');
    return { address: client.address, passed, forwarded, proto: schemeOf(element), host: hostOf(element) };
  }

  /** Walks the list from its end, where the nearest proxy appended, and stops at anything that is no address. */
  private lastUntrusted(peer: Peer, nodes: readonly string[]): { readonly address: string; readonly at: number } {
    let address = peer.address;
    let at = nodes.length - 1;
    for (; at >= 0; at--) {
      const node = nodeAddress((nodes[at] as string).trim());
      if (node === undefined) break;
      address = node;
      if (!this.trusts(node)) break;
    }
    return { address, at: Math.max(at, 0) };
  }

  private trusts(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

function plainToken(node: string): string {
  return /^[\w.:-]+$/.test(node) ? node : 'unknown';
}

function schemeOf(element: ForwardedElement | undefined): string {
  return element?.proto === 'https' || element?.proto === 'http' ? element.proto : '';
}

function hostOf(element: ForwardedElement | undefined): string {
  return element !== undefined && isValidHost(element.host) ? element.host : '';
}

import { isIP } from 'node:net';
import type { Request } from 'express';

/**
 * Where a request came from: the peer, or the last address in X-Forwarded-For that no trusted peer wrote
 * (`TRUSTED_PROXIES`). Always an IP address; IPv4 inside IPv6 is written as IPv4.
 */
export function clientAddress(req: Request): string {
  const peer = req.socket.remoteAddress ?? '0.0.0.0';
  return plain(req.ip) ?? plain(peer) ?? peer;
}

function plain(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const unmapped = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(unmapped) === 0 ? undefined : unmapped;
}

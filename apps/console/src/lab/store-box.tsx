import type { ReactNode } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { ProcessStatus } from '../admin/shapes.js';
import type { LeverPlace } from '../picture/use-levers.js';
import { StoreServer } from './store-server.js';
import { redisServers } from './store-servers.js';

interface StoreBoxProps {
  readonly processes: readonly ProcessStatus[] | null;
  readonly admin: AdminClient;
  readonly levers: LeverPlace;
  /** What it holds. */
  readonly children?: ReactNode;
}

/**
 * Redis: accounts of every scenario, and sessions and todos of those that share them. One server, or each of the servers of Sentinels
 * and of a Cluster with its own state and levers. Shows nothing where no fleet has one.
 */
export function StoreBox({ processes, admin, levers, children }: StoreBoxProps) {
  const servers = redisServers(processes);
  if (servers.length === 0) return null;
  const isAlone = servers.length === 1;
  const worst = servers.find(({ state }) => state !== 'ready')?.state ?? 'ready';
  return (
    <section className="store" aria-label="Redis" data-node="redis" data-state={worst} data-wire="redis">
      <h2>Redis</h2>
      {servers.map((server) => (
        <StoreServer key={server.id} server={server} isAlone={isAlone} admin={admin} levers={levers} />
      ))}
      {children}
    </section>
  );
}

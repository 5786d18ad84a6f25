import type { ReactNode } from 'react';
import { ServerBadge } from '../design/server-badge.js';
import { replicaColour } from '../request/replica.js';
import type { PictureServer } from './picture-lane.js';
import { type SideSession, Tokens } from './tokens.js';

interface ServerBoxProps {
  readonly server: PictureServer;
  readonly sides: readonly SideSession[];
  /** Its levers. */
  readonly children?: ReactNode;
}

/** One server: its state and why, its load, its clients, and the sessions it has in its own memory. */
export function ServerBox({ server, sides, children }: ServerBoxProps) {
  const { id, upstream, mood, reason } = server;
  return (
    <li
      className="picture-server"
      data-server={replicaColour(id)}
      data-mood={mood}
      data-node={id}
      data-wire={`${upstream}/${id}`}
    >
      <span className="picture-line">
        <ServerBadge destination={id} />
        <span className="mood">{mood}</span>
        {children}
      </span>
      {reason === null ? null : <span className="picture-reason">{reason}</span>}
      <span className="picture-facts">{factsOf(server).join(' · ')}</span>
      <Tokens at={id} sides={sides} />
    </li>
  );
}

function factsOf({ load, bound, sockets, held, cached }: PictureServer): readonly string[] {
  const sessions = held === null || cached === null ? 'sessions unknown' : countOf(held, 'session');
  return [
    `load ${load}`,
    ...(bound === null ? [] : [`${bound} bound`]),
    countOf(sockets, 'socket'),
    sessions,
    ...(cached === null || cached === 0 ? [] : [`${cached} cached`]),
  ];
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

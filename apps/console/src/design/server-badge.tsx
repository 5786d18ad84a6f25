import { replicaColour, replicaNumber } from '../request/replica.js';

interface ServerBadgeProps {
  readonly destination: string | null;
  /** Only the number, where the row already has the name. */
  readonly short?: boolean;
}

/** A destination in its colour, always with its number or name: colour alone says nothing to many eyes. */
export function ServerBadge({ destination, short = false }: ServerBadgeProps) {
  const number = replicaNumber(destination);
  return (
    <span className="server" data-server={replicaColour(destination)}>
      <span className="server-number">{number ?? (destination === null ? '–' : '•')}</span>
      {short ? null : <span className="server-name">{destination ?? 'no server'}</span>}
    </span>
  );
}

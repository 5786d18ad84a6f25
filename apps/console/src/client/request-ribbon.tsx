import { replicaColour, replicaNumber } from '../request/replica.js';
import { outcomeOf, type RequestEntry } from '../request/request-entry.js';

const SHOWN = 24;

/** The latest requests as a strip, oldest first: which server took each, and which of them failed. */
export function RequestRibbon({ log }: { readonly log: readonly RequestEntry[] }) {
  const shown = log.slice(0, SHOWN).reverse();
  return (
    <ol className="ribbon" aria-label="Latest requests and the servers that took them">
      {shown.map((entry) => (
        <li
          key={entry.id}
          className="ribbon-cell"
          data-server={replicaColour(entry.servedBy)}
          data-outcome={outcomeOf(entry)}
          title={`${entry.method} ${entry.path} → ${entry.status ?? 'no answer'}, ${entry.servedBy ?? 'no server'}`}
        >
          <span className="ribbon-server">{replicaNumber(entry.servedBy) ?? '–'}</span>
          <span className="ribbon-status">{entry.status ?? '×'}</span>
        </li>
      ))}
    </ol>
  );
}

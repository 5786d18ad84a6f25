import { ServerBadge } from '../design/server-badge.js';
import { outcomeOf, type RequestEntry } from '../request/request-entry.js';

/** Every request with its status, the destination that served it and the gateway's reason for choosing it. */
export function RequestLog({ log }: { readonly log: readonly RequestEntry[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard too
    <section className="log" aria-label="Request log" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Status</th>
            <th scope="col">Served by</th>
            <th scope="col">Route</th>
            <th scope="col" className="number">
              ms
            </th>
          </tr>
        </thead>
        <tbody>
          {log.map((entry) => (
            <tr key={entry.id} data-outcome={outcomeOf(entry)}>
              <td>
                <span className="method">{entry.method}</span> {entry.path}
              </td>
              <td>
                <span className="status">{entry.status ?? 'none'}</span> {entry.code}
              </td>
              <td>
                <ServerBadge destination={entry.servedBy} />
              </td>
              <td className="reason">{reasonText(entry)}</td>
              <td className="number">{entry.durationMs.toFixed(0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {log.length === 0 ? <p className="empty">Requests appear here, newest first.</p> : null}
    </section>
  );
}

function reasonText({ route }: RequestEntry): string {
  if (route === null) return '';
  return route.attempts > 1 ? `${route.reason}, ${route.attempts} attempts` : route.reason;
}

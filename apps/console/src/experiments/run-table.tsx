import type { RunEntry } from './lab-client.js';

/** Every finished run, newest first: what its users lost. */
export function RunTable({ runs }: { readonly runs: readonly RunEntry[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard too
    <section className="run-table" aria-label="Finished runs" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col">When</th>
            <th scope="col" className="number">
              Logged out
            </th>
            <th scope="col" className="number">
              Todos lost
            </th>
            <th scope="col" className="number">
              Failed
            </th>
            <th scope="col" className="number">
              p99 ms
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.toReversed().map((run) => (
            <tr key={`${run.arm} ${run.block} ${run.phase}`} data-lost={run.loggedOut > 0 || run.todosLost > 0}>
              <td>{run.arm}</td>
              <td>{whenOf(run)}</td>
              <td className="number">
                {run.loggedOut} of {run.users}
              </td>
              <td className="number">
                {run.todosLost} of {run.todosAcknowledged}
              </td>
              <td className="number">
                {run.failedRequests} of {run.requests}
              </td>
              <td className="number">{run.p99Ms.toFixed(0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function whenOf({ phase, fault, valid }: RunEntry): string {
  if (!valid) return 'not valid';
  if (phase === 'before') return 'before it';
  return fault === 'none' ? 'calm' : `after ${fault}`;
}

import type { LeverPlace } from './use-levers.js';

/** Says what the lever will do that is pointed at, else what the last one of this place does or did. */
export function LeverLine({ told, ahead }: Pick<LeverPlace, 'told' | 'ahead'>) {
  return (
    <div className="lever-line" data-ahead={ahead !== null}>
      <p role="status">{told}</p>
      {/* Its button has it as a description. */}
      {ahead === null ? null : <p aria-hidden="true">{ahead}</p>}
    </div>
  );
}

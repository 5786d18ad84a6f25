import { type ReactNode, useRef } from 'react';
import type { Lever } from './levers.js';

interface LeverMenuProps {
  /** The button's content, and its name. */
  readonly text: string;
  readonly label: string;
  readonly levers: readonly Lever[];
  readonly pull: (lever: Lever) => Promise<void>;
  /** What levers are told beforehand, as fields. */
  readonly children?: ReactNode;
}

/** Levers that a button shows and hides, each with what it will do. The browser's own disclosure: nothing to load. */
export function LeverMenu({ text, label, levers, pull, children }: LeverMenuProps) {
  const details = useRef<HTMLDetailsElement>(null);
  const choose = (lever: Lever) => {
    if (details.current !== null) details.current.open = false;
    details.current?.querySelector('summary')?.focus();
    void pull(lever);
  };
  return (
    <details className="picture-menu" ref={details}>
      <summary aria-label={label}>{text}</summary>
      <ul>
        {children ? <li>{children}</li> : null}
        {levers.map((lever) => (
          <li key={lever.label}>
            <button type="button" onClick={() => choose(lever)}>
              <strong>{lever.label}</strong> <span>{lever.will}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

import { type ReactNode, useId } from 'react';
import type { Lever } from './levers.js';
import type { LeverPlace } from './use-levers.js';

interface LeverButtonProps {
  readonly lever: Lever;
  readonly place: LeverPlace;
  /** Called before it is pulled. */
  readonly onPress?: () => void;
  /** What the button shows; its name is the lever's label. */
  readonly children: ReactNode;
}

/** A button that pulls a lever. What will happen is its description, and stands in the place's line while it is pointed at. */
export function LeverButton({ lever, place, onPress, children }: LeverButtonProps) {
  const id = useId();
  const { label, will } = lever;
  return (
    <>
      <button
        type="button"
        title={label}
        aria-label={label}
        aria-describedby={id}
        {...place.announcing(lever)}
        onClick={() => {
          onPress?.();
          void place.pull(lever);
        }}
      >
        {children}
      </button>
      <span id={id} hidden>
        {will}
      </span>
    </>
  );
}

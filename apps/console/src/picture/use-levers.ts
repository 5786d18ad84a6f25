import { type FocusEvent, useRef, useState } from 'react';
import { LeverDesk, type Told } from './lever-desk.js';
import type { Counted, Lever } from './levers.js';

/** A lever that was pulled, for the time axis. */
export interface Pulled {
  readonly at: number;
  readonly text: string;
}

type Announced = Pick<Lever, 'label' | 'will'>;

/** A part of the page that has levers. */
export interface LeverPlace {
  /** What the lever does or did that was pulled last; null where that was in another place. */
  readonly told: string | null;
  /** What a lever will do that somebody points at; null: nobody does. */
  readonly ahead: string | null;
  readonly pull: (lever: Lever) => Promise<void>;
  /** Shows what will happen while a pointer or the focus is on an element: its handlers. */
  readonly announcing: (lever: Announced) => {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
    readonly onBlur: () => void;
  };
}

/** The levers of the whole page, by place; `count` has both sides read six times. */
export function useLevers(count: () => Promise<Counted>) {
  const [told, setTold] = useState<Told | null>(null);
  const [ahead, setAhead] = useState<Told | null>(null);
  const [pulled, setPulled] = useState<readonly Pulled[]>([]);
  const latest = useRef(count);
  latest.current = count;
  const desk = useRef<LeverDesk | null>(null);
  desk.current ??= new LeverDesk(
    () => latest.current(),
    (next) => {
      setAhead(null);
      setTold(next);
    },
  );
  const at = (place: string): LeverPlace => ({
    told: told?.place === place ? told.text : null,
    ahead: ahead?.place === place ? ahead.text : null,
    pull: async (lever) => {
      setPulled((before) => [...before, { at: Date.now(), text: lever.label }]);
      await desk.current?.pull(place, lever);
    },
    announcing: ({ label, will }) => {
      const show = () => setAhead({ place, text: `${label}: ${will}` });
      const hide = () => setAhead(null);
      // The focus that a click leaves behind, or that moves to a neighbour of a button that went away, points at nothing.
      const onFocus = ({ currentTarget }: FocusEvent<HTMLElement>) => {
        if (currentTarget.matches(':focus-visible')) show();
      };
      return { onPointerEnter: show, onPointerLeave: hide, onFocus, onBlur: hide };
    },
  });
  return { pulled, at };
}

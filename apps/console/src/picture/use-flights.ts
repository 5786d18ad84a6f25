import { type RefObject, useCallback, useRef } from 'react';

const FLIGHT_MS = 700;

export interface Flights {
  /** The picture, whose boxes carry `data-wire`. */
  readonly board: RefObject<HTMLDivElement | null>;
  /** Lies over the board and is drawn on. */
  readonly sky: RefObject<SVGSVGElement | null>;
  /** Draws something that goes from one box to another. Nothing is drawn where a box is not there. */
  readonly fly: (from: string, to: string, style?: 'request' | 'message') => void;
}

/** Lines that go from box to box and fade. Where less motion is wanted they only appear and go. */
export function useFlights(): Flights {
  const board = useRef<HTMLDivElement>(null);
  const sky = useRef<SVGSVGElement>(null);
  const fly = useCallback((from: string, to: string, style: 'request' | 'message' = 'request') => {
    if (board.current === null || sky.current === null) return;
    const start = boxOf(board.current, from);
    const end = boxOf(board.current, to);
    if (start === null || end === null) return;
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    const origin = sky.current.getBoundingClientRect();
    const forward = start.left < end.left;
    const points = {
      x1: (forward ? start.right : start.left) - origin.left,
      y1: start.top + start.height / 2 - origin.top,
      x2: (forward ? end.left : end.right) - origin.left,
      y2: end.top + end.height / 2 - origin.top,
    };
    for (const [name, value] of Object.entries(points)) line.setAttribute(name, String(value));
    line.setAttribute('class', `flight flight-${style}`);
    line.setAttribute('pathLength', '1');
    sky.current.append(line);
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const shown = { strokeDashoffset: '0', opacity: 1 };
    const frames = still
      ? [shown, shown]
      : [
          { strokeDashoffset: '1', opacity: 1 },
          { ...shown, offset: 0.45 },
          { ...shown, opacity: 0 },
        ];
    line.animate(frames, { duration: FLIGHT_MS, easing: 'ease-out' }).onfinish = () => line.remove();
  }, []);
  return { board, sky, fly };
}

function boxOf(board: HTMLElement, wire: string): DOMRect | null {
  return board.querySelector(`[data-wire="${CSS.escape(wire)}"]`)?.getBoundingClientRect() ?? null;
}

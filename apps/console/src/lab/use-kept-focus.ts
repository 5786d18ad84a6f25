import { type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the keyboard where it was when the pressed button goes away: `keep` is called on a press, and once the focus has
 * fallen to the body it moves to the first button inside the element.
 */
export function useKeptFocus<E extends HTMLElement>(): readonly [RefObject<E | null>, () => void] {
  const element = useRef<E>(null);
  const pressed = useRef(false);
  useEffect(() => {
    if (!pressed.current || document.activeElement !== document.body) return;
    const button = element.current?.querySelector<HTMLButtonElement>('button:enabled');
    if (!button) return;
    pressed.current = false;
    button.focus();
  });
  const keep = () => {
    pressed.current = true;
  };
  return [element, keep];
}

// What the build gives to code that asks for `react`: Preact's, made to behave like React's in two places that Ariakit relies on.
import { options } from 'preact';
import compat from 'preact/compat';

// @ts-expect-error: its types say `export =`, its module does not
export * from 'preact/compat';

/**
 * Preact's runs after refs are attached, React's before. Ariakit sets its event handlers in it and calls them from refs; without the
 * hook it sets them while it renders, as for React 17.
 */
export const useInsertionEffect = undefined;

export default { ...compat, useInsertionEffect };

/** An event of React is an object of its own whose `currentTarget` can be set; one of Preact is the browser's. */
const currentTarget = Object.getOwnPropertyDescriptor(Event.prototype, 'currentTarget')?.get;
const before = options.event;
options.event = (event) => {
  const value = currentTarget?.call(event);
  Object.defineProperty(event, 'currentTarget', { value, writable: true, configurable: true });
  return before?.(event) ?? event;
};

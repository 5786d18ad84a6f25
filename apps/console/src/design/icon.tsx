const PATHS = {
  kill: 'M6 2h4l4 4v4l-4 4H6l-4-4V6zM6 6l4 4M10 6l-4 4',
  pause: 'M5.5 3v10M10.5 3v10',
  resume: 'M5 3l8 5-8 5z',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  drain: 'M2 3h12l-4.5 5.5V13l-3 1V8.5z',
  undrain: 'M8 13V3M4 7l4-4 4 4',
  remove: 'M4 4l8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof PATHS;

/** A 16 px line icon in the text's colour; the element around it carries the name for assistive technology. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The parsed command line. */
export type Command =
  | { readonly kind: 'run'; readonly path: string }
  | { readonly kind: 'check'; readonly path: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'mistake'; readonly problem: string };

/** The text of `holdfast-gateway --help`. */
export const USAGE = `Usage: holdfast-gateway <file.yaml> [--check]
       holdfast-gateway --version

  <file.yaml>  the gateway file, YAML or JSON; GATEWAY_CONFIG names it too
  --check      report every mistake and warning of the file and exit: 0 for no mistake, 1 for some
  --version    print the version

A file to start from:

  listen: { port: 8080, host: 127.0.0.1 }
  admin: { port: 9080 }
  upstreams:
    app:
      policy: round-robin
      health: { path: /healthz }
      destinations:
        - { id: app-1, url: http://127.0.0.1:3001 }
        - { id: app-2, url: http://127.0.0.1:3002 }
  routes:
    - { path: /, upstream: app }
`;

/** Reads the words after the program's name; `configPath` is GATEWAY_CONFIG, used when no file is named. */
export function readCommand(words: readonly string[], configPath: string | undefined): Command {
  const options = words.filter((word) => word.startsWith('-'));
  const paths = words.filter((word) => !word.startsWith('-'));
  if (options.includes('--help') || options.includes('-h')) return { kind: 'help' };
  if (options.includes('--version') || options.includes('-v')) return { kind: 'version' };
  const unknown = options.find((option) => option !== '--check');
  if (unknown !== undefined) return { kind: 'mistake', problem: `${unknown} is not an option.` };
  if (paths.length > 1) return { kind: 'mistake', problem: `Name one file, not ${paths.length}.` };
  const path = paths[0] ?? configPath;
  if (path === undefined || path === '') return { kind: 'mistake', problem: 'Name a gateway file.' };
  return { kind: options.includes('--check') ? 'check' : 'run', path };
}

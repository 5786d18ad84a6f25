const HOW_TO_MOVE = {
  listen: 'set GATEWAY_PORT to another one',
  admin: 'set GATEWAY_ADMIN_PORT to another one',
  status: 'write another status.port',
} as const;

/** The listeners of a gateway, by their key in the gateway file. */
export type ListenerName = keyof typeof HOW_TO_MOVE;

/** A listener could not be opened. The message names it, the reason and the fix. */
export class ListenError extends Error {
  constructor(
    listener: ListenerName,
    { host, port }: { readonly host: string; readonly port: number },
    options: ErrorOptions & { readonly cause: NodeJS.ErrnoException },
  ) {
    super(reasonOf(listener, host, port, options.cause), options);
    this.name = 'ListenError';
  }
}

function reasonOf(listener: ListenerName, host: string, port: number, cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken: ${HOW_TO_MOVE[listener]}.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has (${cause.code}): ${HOW_TO_MOVE[listener]}, such as ${port + 8000}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `${listener}.host: "${host}" is no address of this machine (${cause.code}). Write 127.0.0.1, or 0.0.0.0 for all addresses.`;
    default:
      return `Port ${port} of ${host} cannot be opened (${cause.message}): ${HOW_TO_MOVE[listener]}.`;
  }
}

const SOCKET_CALLS: ReadonlySet<string> = new Set(['listen', 'bind', 'getaddrinfo']);

/** Whether the socket of a listener failed to open, and not the code behind it. */
export function isSocketError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && SOCKET_CALLS.has(String(error.syscall));
}

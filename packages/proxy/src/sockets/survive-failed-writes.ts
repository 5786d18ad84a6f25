import type { Socket } from 'node:net';

/**
 * Lets a socket whose writes fail be read to its end. When the other side resets the connection, the next write fails, and
 * Node then destroys the socket together with everything the other side sent before. From now on a failed write calls `failed`
 * instead, and the socket ends when there is nothing left to read.
 */
export function surviveFailedWrites(socket: Socket, failed: () => void): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error?: Error): Socket => {
    if (error === undefined || !isFailedWrite(error) || socket.readableEnded) return destroy(error);
    // Node has noted the error on the reading side as well, and would then never emit 'end'.
    const { _readableState: reading } = socket as unknown as { _readableState?: { errored: Error | null } };
    if (reading !== undefined) reading.errored = null;
    failed();
    return socket;
  };
}

function isFailedWrite({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'write' || syscall === 'shutdown';
}

import type { Command } from 'ioredis';

/** Rejects the command when no reply has come after `timeoutMs`, and then calls `late`. */
export function boundReply(command: Command, timeoutMs: number, late: () => void): void {
  const timer = setTimeout(() => {
    // If this process was slow itself, the reply already waits in the socket and is read first.
    setImmediate(() => {
      if (command.isResolved) return;
      command.reject(new Error(`Command timed out after ${timeoutMs} ms`));
      late();
    });
  }, timeoutMs);
  const settled = () => clearTimeout(timer);
  command.promise.then(settled, settled);
}

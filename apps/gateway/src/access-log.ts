import type { AccessLogEntry } from '@holdfast/proxy';
import { standardOutput } from '@holdfast/service';

/** Writes a finished request as one JSON line on stdout, beside the process's own log lines. Paths come without queries. */
export function writeAccessLog({ at, ...entry }: AccessLogEntry): void {
  standardOutput().write(
    `${JSON.stringify({ level: 'info', time: at, service: 'gateway', msg: 'access', ...entry })}\n`,
  );
}

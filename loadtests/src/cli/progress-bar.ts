const WIDTH = 24;

export interface Progress {
  readonly all: number;
  readonly begunAtMs: number;
}

/** One line with the progress of a comparison and, estimated from the runs so far, the time that the others will take. */
export function progressLine({ all, begunAtMs }: Progress, done: number, title: string, nowMs = Date.now()): string {
  const filled = all === 0 ? WIDTH : Math.round((done / all) * WIDTH);
  const leftMs = done === 0 ? undefined : ((nowMs - begunAtMs) / done) * (all - done);
  const left = leftMs === undefined ? '' : `  about ${clock(leftMs)} left`;
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done}/${all}${left}  ${title}`;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** One line that changes on a terminal, one line each elsewhere. */
export function showProgress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
}

/** One line that says how far a comparison has come and how long it will still take. */
export function progressLine(done: number, all: number, elapsedMs: number, title: string): string {
  const width = 24;
  const filled = all === 0 ? width : Math.round((done / all) * width);
  const leftMs = done === 0 ? undefined : (elapsedMs / done) * (all - done);
  const left = leftMs === undefined ? '' : `  about ${clock(leftMs)} left`;
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${all}${left}  ${title}`;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

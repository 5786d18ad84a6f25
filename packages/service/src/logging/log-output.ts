import { fstatSync, write, writeSync } from 'node:fs';

/** The most that waits for a slow reader; lines beyond it are dropped. */
const MAX_WAITING_BYTES = 1_048_576;
const LINE_FEED = 10;

/** Writes log lines. It never waits, never throws, and counts the lines that it could not write. */
export interface LogOutput {
  write(line: string): void;
  /** Lines that were not written, since the start. */
  readonly dropped: number;
}

/** The part of a writable stream that an output needs. */
export interface LineStream {
  readonly writableLength: number;
  write(line: string, written: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Counts dropped lines and reports the first one. */
class DroppedLines {
  count = 0;

  constructor(private readonly tell: (because: string) => void) {}

  add(lines: number, because: string): void {
    if (lines === 0) return;
    if (this.count === 0) this.tell(because);
    this.count += lines;
  }
}

/** An output on a pipe, a socket or a terminal: the stream keeps lines that the reader has not taken, up to a bound. */
export class StreamOutput implements LogOutput {
  private readonly lost: DroppedLines;

  constructor(
    private readonly stream: LineStream,
    tell: (because: string) => void,
    private readonly maxWaitingBytes = MAX_WAITING_BYTES,
  ) {
    this.lost = new DroppedLines(tell);
    // The callback of the write has the error too. Without a listener it would end the process.
    stream.on('error', () => {});
  }

  get dropped(): number {
    return this.lost.count;
  }

  write(line: string): void {
    if (this.stream.writableLength + line.length > this.maxWaitingBytes) {
      this.lost.add(1, 'nobody reads it');
      return;
    }
    this.stream.write(line, (error) => {
      if (error) this.lost.add(1, error.message);
    });
  }
}

/** The two calls of `node:fs` that an output uses. */
export interface FileCalls {
  write(fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void): void;
  writeSync(fd: number, bytes: Buffer): number;
}

const fileCalls: FileCalls = { write: (fd, bytes, done) => write(fd, bytes, done), writeSync };

/**
 * An output on a file or a device: one write at a time, away from the main thread; the next write takes all lines that came
 * meanwhile.
 */
export class FileOutput implements LogOutput {
  private readonly lost: DroppedLines;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private isWriting = false;
  /** Whether the last write ended inside a line. */
  private isTorn = false;

  constructor(
    private readonly fd: number,
    tell: (because: string) => void,
    private readonly calls: FileCalls = fileCalls,
    private readonly maxWaitingBytes = MAX_WAITING_BYTES,
  ) {
    this.lost = new DroppedLines(tell);
  }

  get dropped(): number {
    return this.lost.count;
  }

  write(line: string): void {
    if (this.waitingBytes + line.length > this.maxWaitingBytes) {
      this.lost.add(1, 'it is too slow');
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += line.length;
    this.writeNext();
  }

  /** Writes all waiting lines, for a process that is about to end. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const bytes = this.take();
    try {
      this.wrote(bytes, this.calls.writeSync(this.fd, bytes), 'it takes no more');
    } catch (error) {
      this.wrote(bytes, 0, reasonOf(error));
    }
  }

  private writeNext(): void {
    if (this.isWriting || this.waiting.length === 0) return;
    this.isWriting = true;
    const bytes = this.take();
    this.calls.write(this.fd, bytes, (error, written) => {
      this.isWriting = false;
      this.wrote(bytes, error === null ? written : 0, error === null ? 'it takes no more' : reasonOf(error));
      this.writeNext();
    });
  }

  private take(): Buffer {
    const text = this.waiting.join('');
    this.waiting = [];
    this.waitingBytes = 0;
    return Buffer.from(this.isTorn ? `\n${text}` : text);
  }

  private wrote(bytes: Buffer, written: number, because: string): void {
    if (written > 0) this.isTorn = bytes[written - 1] !== LINE_FEED;
    let lines = 0;
    for (let at = written; at < bytes.length; at++) if (bytes[at] === LINE_FEED) lines++;
    this.lost.add(lines, because);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error of the error output cannot be reported; without a listener it would end the process. */
function ignoreErrorsOfStderr(): void {
  process.stderr.on('error', () => {});
  neverBlock(process.stderr);
}

/** Writes to a terminal block Node by default, and a stopped terminal (Ctrl-S) takes nothing. */
function neverBlock(stream: NodeJS.WriteStream): void {
  if (!stream.isTTY) return;
  (stream as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(false);
}

let output: LogOutput | undefined;

/** The standard output of this process for log lines: traffic never waits for its reader. */
export function standardOutput(): LogOutput {
  output ??= openStandardOutput();
  return output;
}

function openStandardOutput(): LogOutput {
  ignoreErrorsOfStderr();
  const tell = (because: string): void => {
    process.stderr.write(
      `Log lines are dropped: the standard output cannot take them (${because}). /metrics counts them.\n`,
    );
  };
  const isTerminal = process.stdout.isTTY === true;
  const stats = fstatSync(1);
  if (!isTerminal && !stats.isFIFO() && !stats.isSocket()) {
    const file = new FileOutput(1, tell);
    process.once('exit', () => file.flush());
    return file;
  }
  neverBlock(process.stdout);
  return new StreamOutput(process.stdout, tell);
}

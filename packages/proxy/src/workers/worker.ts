import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { DestinationState, ProxyMetrics } from '../proxy-api.js';
import type { FromWorker, ToWorker } from './messages.js';

const file = fileURLToPath(new URL('./worker-process.js', import.meta.url));

/** A look happens once a second. A worker that was silent for this many looks gets no new clients. */
const SILENT_LOOKS = 2;
/** A worker that was silent for this many looks is taken for frozen or caught in a loop, and is killed. */
const STUCK_LOOKS = 5;
/** The limit for a worker that still loads. */
const LOADING_LOOKS = 30;

/** Receives the messages and the end of a worker. */
export interface WorkerOwner {
  /** The worker can receive messages. Returns the message to start it with. */
  loaded(): Extract<ToWorker, { type: 'start' }>;
  /** The worker can take a client. */
  free(): void;
  told(worker: Worker, message: FromWorker): void;
  /** The worker ended. `unserved` is a client that was handed to it and that it cannot have read. */
  ended(worker: Worker, because: string, unserved: Socket | undefined): void;
}

/** One worker as its supervisor sees it. */
export class Worker {
  /** The last metrics it reported. */
  metrics: ProxyMetrics | undefined;
  /** The last state it reported of each destination whose state changed. */
  readonly states = new Map<string, DestinationState>();
  /** Resolves to whether the worker came so far as to take clients. */
  readonly started: Promise<boolean>;
  private readonly ended: Promise<void>;
  private tellStarted: (started: boolean) => void = () => {};
  private readonly child: ChildProcess;
  private state: 'loading' | 'starting' | 'started' | 'ended' = 'loading';
  /** The client being handed over. Our end stays open until the worker has it, since a worker that dies meanwhile would leave it open. */
  private handing: Socket | undefined;
  /** Number of looks since the worker was last heard of. It reports five times a second. */
  private silentLooks = 0;
  /** Set when it was killed because it did not answer. */
  private stuckBecause: string | undefined;

  constructor(private readonly owner: WorkerOwner) {
    this.started = new Promise((resolve) => {
      this.tellStarted = resolve;
    });
    // Flags such as --inspect, --watch or --eval are this process's own; NODE_OPTIONS reach workers too.
    this.child = fork(file, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', (message: FromWorker) => this.hear(message));
    this.ended = new Promise((resolve) => {
      const end = (because: string): void => {
        if (this.state === 'ended') return;
        this.state = 'ended';
        this.tellStarted(false);
        const unserved = this.stuckBecause === undefined ? undefined : this.handing;
        if (unserved === undefined) this.letGo();
        this.handing = undefined;
        resolve();
        owner.ended(this, this.stuckBecause ?? because, unserved);
      };
      this.child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      // The worker could not be started. An error after the start is followed by its exit.
      this.child.on('error', (error) => this.child.pid === undefined && end(error.message));
    });
  }

  /** -1 for a worker that could not be started. */
  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Whether a client may be handed over. One is handed over at a time, so that none waits in line behind a worker that dies. */
  get isFree(): boolean {
    return this.isServing && this.handing === undefined;
  }

  /** Whether the worker takes clients and was heard of lately. */
  get isServing(): boolean {
    return this.state === 'started' && this.silentLooks < SILENT_LOOKS;
  }

  /**
   * Call it once a second from a timer: a supervisor that was frozen looks once, not once for every second it missed. A
   * worker that does not answer is killed, and its end is told like any other.
   */
  look(): void {
    this.silentLooks++;
    const longest = this.state === 'started' ? STUCK_LOOKS : LOADING_LOOKS;
    if (this.silentLooks < longest || this.stuckBecause !== undefined) return;
    this.stuckBecause = `killed: no answer for ${longest} seconds`;
    this.kill();
  }

  hand(socket: Socket): void {
    this.handing = socket;
    this.child.send({ type: 'client' } satisfies ToWorker, socket, { keepOpen: true }, () => {});
  }

  /** Closes our end of the client being handed over. */
  private letGo(): void {
    this.handing?.destroy();
    this.handing = undefined;
  }

  /** Sends a message. A worker that has not started does not get it: it starts with the state of that moment. */
  tell(message: ToWorker): void {
    if (this.state === 'started' || this.state === 'starting') this.send(message);
  }

  /** Lets requests in flight end for `graceMs`. A worker that has not ended two seconds later is killed. */
  async close(graceMs: number): Promise<void> {
    if (this.state === 'started') this.send({ type: 'close', graceMs });
    else this.kill();
    const timer = setTimeout(() => this.kill(), graceMs + 2000);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private send(message: ToWorker): void {
    // A worker that just died is replaced. Its successor starts with a state that includes the lost message.
    if (this.child.connected) this.child.send(message, () => {});
  }

  private hear(message: FromWorker): void {
    const wasSilent = this.silentLooks >= SILENT_LOOKS;
    this.silentLooks = 0;
    // Clients may have waited for a worker that answers.
    if (wasSilent && this.state === 'started') this.owner.free();
    switch (message.type) {
      case 'loaded':
        this.state = 'starting';
        this.send(this.owner.loaded());
        break;
      case 'started':
        this.state = 'started';
        this.tellStarted(true);
        this.owner.free();
        break;
      case 'taken':
        this.letGo();
        this.owner.free();
        break;
      case 'metrics':
        this.metrics = message.metrics;
        break;
      default:
        this.owner.told(this, message);
    }
  }
}

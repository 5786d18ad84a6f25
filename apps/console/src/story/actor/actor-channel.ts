import {
  type ActorAnswer,
  type ActorCommand,
  type ActorRequest,
  readActorReport,
  storyMessage,
} from './actor-messages.js';

/** A command that takes longer than this counts as unanswered. */
const COMMAND_TIMEOUT_MS = 20_000;
const LOAD_TIMEOUT_MS = 15_000;

const SILENCE: ActorAnswer = {
  ...{ status: null, code: 'no_answer', servedBy: null, reason: null, session: null },
  body: null,
};

/** The story's end of the line to one frame. Talks to exactly one window at exactly one origin. */
export class ActorChannel {
  private nextId = 1;
  private readonly waiting = new Map<number, (value: ActorAnswer | number | null) => void>();
  private readonly stopListening: () => void;
  private readonly ready: Promise<void>;

  constructor(
    private readonly frame: Window,
    private readonly origin: string,
  ) {
    let isReady = () => {};
    this.ready = new Promise((resolve, reject) => {
      isReady = resolve;
      setTimeout(() => reject(new Error(`${origin} does not load. Is the system still running?`)), LOAD_TIMEOUT_MS);
    });
    // Nobody may be waiting for it when it fails.
    this.ready.catch(() => undefined);
    const listener = (event: MessageEvent) => {
      if (event.source !== frame || event.origin !== origin) return;
      const report = readActorReport(event.data);
      if (report?.type === 'ready') isReady();
      if (report?.type === 'answered') this.waiting.get(report.id)?.(report.answer);
      if (report?.type === 'chatted') this.waiting.get(report.id)?.(report.heardMs);
    };
    window.addEventListener('message', listener);
    this.stopListening = () => window.removeEventListener('message', listener);
  }

  /** The answer to one request; silence is an answer without status. Rejects when the frame does not load. */
  async ask(request: ActorRequest): Promise<ActorAnswer> {
    return ((await this.command({ type: 'ask', request })) as ActorAnswer | null) ?? SILENCE;
  }

  /** Opens or closes chat sockets, or says something: the milliseconds until it was heard, null when it was not. */
  async chat(command: Exclude<ActorCommand, { type: 'ask' }>): Promise<number | null> {
    return (await this.command(command)) as number | null;
  }

  close(): void {
    this.stopListening();
  }

  private async command(command: ActorCommand): Promise<ActorAnswer | number | null> {
    await this.ready;
    const id = this.nextId++;
    return new Promise((resolve) => {
      const settle = (value: ActorAnswer | number | null) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(value);
      };
      const timer = setTimeout(() => settle(null), COMMAND_TIMEOUT_MS);
      this.waiting.set(id, settle);
      this.frame.postMessage(storyMessage({ ...command, id }), this.origin);
    });
  }
}

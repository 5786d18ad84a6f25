import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import { type Asked, marked, type Preparation, readReport, type ServerNews } from './messages.js';

/** A step that takes longer than this counts as unanswered. */
const STEP_TIMEOUT_MS = 20_000;

/** The page's end of the line to one frame. Talks to exactly one window at exactly one origin. */
export class FrameChannel {
  private nextId = 1;
  private readonly preparing = new Map<number, (refusal: string | null) => void>();
  private readonly waiting = new Map<number, (outcome: StepOutcome) => void>();
  private readonly stopListening: () => void;

  constructor(
    private readonly frame: Window,
    private readonly origin: string,
    onReady: () => void,
    onAsked: (asked: Asked) => void,
  ) {
    const listener = (event: MessageEvent) => {
      if (event.source !== frame || event.origin !== origin) return;
      const report = readReport(event.data);
      if (report?.type === 'ready') onReady();
      if (report?.type === 'asked') onAsked(report.asked);
      if (report?.type === 'prepared') this.preparing.get(report.id)?.(report.refusal);
      if (report?.type === 'done') this.waiting.get(report.id)?.(report.outcome);
    };
    window.addEventListener('message', listener);
    this.stopListening = () => window.removeEventListener('message', listener);
  }

  /** Tells the frame that steps are coming, or that there are no more. */
  announce(running: boolean): void {
    this.frame.postMessage(marked({ type: 'journey', running }), this.origin);
  }

  /** Tells the frame what became of a server. */
  tellOf(server: string, news: ServerNews): void {
    this.frame.postMessage(marked({ type: 'server', server, news }), this.origin);
  }

  /** Has the frame do one step. Always resolves: silence becomes an outcome without status. */
  perform(step: JourneyStep): Promise<StepOutcome> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      const settle = (outcome: StepOutcome) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(outcome);
      };
      const silence: StepOutcome = {
        kind: step.kind,
        status: null,
        code: 'no_answer',
        servedBy: null,
        missingTodos: 0,
        outage: `There was no answer within ${STEP_TIMEOUT_MS / 1000} seconds.`,
      };
      const timer = setTimeout(() => settle(silence), STEP_TIMEOUT_MS);
      this.waiting.set(id, settle);
      this.frame.postMessage(marked({ type: 'perform', id, step }), this.origin);
    });
  }

  /** Has the frame's client be another one to the gateway from now on. Resolves when it is, and rejects when it could not be done or the frame is silent. */
  prepare(change: Preparation): Promise<void> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.preparing.delete(id);
        reject(new Error('The client in the frame does not answer.'));
      }, STEP_TIMEOUT_MS);
      this.preparing.set(id, (refusal) => {
        clearTimeout(timer);
        this.preparing.delete(id);
        if (refusal === null) resolve();
        else reject(new Error(refusal));
      });
      this.frame.postMessage(marked({ type: 'prepare', id, change }), this.origin);
    });
  }

  close(): void {
    this.stopListening();
  }
}

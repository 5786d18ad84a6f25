import { useEffect, useRef, useState } from 'react';
import { FrameChannel } from '../bridge/frame-channel.js';
import type { Asked, Preparation, ServerNews } from '../bridge/messages.js';
import { fullJourney, type JourneyStep, moreReads, type StepOutcome, worked } from '../journey/journey.js';
import type { Counted } from '../picture/levers.js';
import { frameOrigin } from '../place.js';
import type { ScenarioChoice } from '../scenario/scenario-choice.js';

/** Long enough between steps for an audience to follow, short enough not to bore it. */
const STEP_PAUSE_MS = 160;

/** Requests of a side's client that the picture looks back on. */
const KEPT_REQUESTS = 300;

interface Progress {
  readonly steps: readonly JourneyStep[];
  readonly outcomes: { readonly left: readonly StepOutcome[]; readonly right: readonly StepOutcome[] };
}

const NO_OUTCOMES: Progress['outcomes'] = { left: [], right: [] };
const NOT_STARTED: Progress = { steps: fullJourney({ username: '', password: '' }), outcomes: NO_OUTCOMES };

/** Runs the same steps in both frames, in lockstep, and keeps what each side met. */
export function useComparison(choice: ScenarioChoice) {
  const left = useFrame(choice.left);
  const right = useFrame(choice.right);
  const [running, setRunning] = useState(false);
  const [progress, setProgress] = useState(NOT_STARTED);
  const latest = useRef(progress);
  latest.current = progress;
  /** The steps that run now, or ran last: the next ones wait for their end. */
  const last = useRef<Promise<unknown>>(Promise.resolve());
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured belongs to the scenarios it was measured on
  useEffect(() => setProgress(NOT_STARTED), [choice.left, choice.right]);

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = last.current.then(task);
    last.current = turn.catch(() => undefined);
    return turn;
  }

  /** The new outcomes of both sides; null while a frame is not there. */
  async function run(before: Progress, steps: readonly JourneyStep[]): Promise<Progress['outcomes'] | null> {
    const channels = { left: left.channel.current, right: right.channel.current };
    if (channels.left === null || channels.right === null) return null;
    const met = { left: [] as StepOutcome[], right: [] as StepOutcome[] };
    setRunning(true);
    channels.left.announce(true);
    channels.right.announce(true);
    setProgress({ ...before, steps: [...before.steps, ...steps] });
    for (const step of steps) {
      const [onLeft, onRight] = await Promise.all([
        channels.left.perform(ofSide(step, 'left')),
        channels.right.perform(ofSide(step, 'right')),
      ]);
      met.left.push(onLeft);
      met.right.push(onRight);
      setProgress((last) => ({
        ...last,
        outcomes: { left: [...last.outcomes.left, onLeft], right: [...last.outcomes.right, onRight] },
      }));
      await new Promise((resolve) => setTimeout(resolve, STEP_PAUSE_MS));
    }
    channels.left.announce(false);
    channels.right.announce(false);
    setRunning(false);
    return met;
  }

  /** Six reads of who was signed in by the steps, after those that run now; null for who was not. */
  async function count(): Promise<Counted> {
    const { left: onLeft, right: onRight } = latest.current.outcomes;
    const signedIn = { left: hasSignedIn(onLeft), right: hasSignedIn(onRight) };
    if (!signedIn.left && !signedIn.right) return null;
    const met = await run(latest.current, moreReads());
    return met && { left: signedIn.left ? met.left : null, right: signedIn.right ? met.right : null };
  }

  return {
    frames: { left: left.frame, right: right.frame },
    /** The requests of each side's client since its frame was opened. */
    asked: { left: left.asked, right: right.asked },
    progress,
    running,
    ready: left.ready && right.ready,
    started: progress.outcomes.left.length > 0,
    runJourney: () => inTurn(() => run({ steps: [], outcomes: NO_OUTCOMES }, fullJourney(newAccount()))),
    readAgain: () => inTurn(() => run(latest.current, moreReads())),
    /** Lets both clients say what a server's fate means for a login in its memory. */
    tellOf: (server: string, news: ServerNews) => {
      for (const { channel } of [left, right]) channel.current?.tellOf(server, news);
    },
    /** What both clients meet after something was done. */
    count: () => inTurn(count),
    /** Has a side's client send its further requests from another address, or with another affinity cookie. */
    prepare: (side: 'left' | 'right', change: Preparation) => (side === 'left' ? left : right).prepare(change),
    /** When the affinity cookie of each side's client was last changed by that; null: never. */
    cookieChangedAt: { left: left.cookieChangedAt, right: right.cookieChangedAt },
  };
}

/** The first step is to sign up. */
function hasSignedIn([registration]: readonly StepOutcome[]): boolean {
  return registration !== undefined && worked(registration);
}

/** One scenario's frame and the line to it; `ready` once the client inside listens. */
function useFrame(scenario: string) {
  const frame = useRef<HTMLIFrameElement>(null);
  const channel = useRef<FrameChannel | null>(null);
  const [ready, setReady] = useState(false);
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const [cookieChangedAt, setCookieChangedAt] = useState<number | null>(null);
  useEffect(() => {
    const target = frame.current?.contentWindow;
    if (!target) return;
    setReady(false);
    setAsked([]);
    setCookieChangedAt(null);
    const opened = new FrameChannel(
      target,
      frameOrigin(scenario, window.location.port),
      () => setReady(true),
      (one) => setAsked((before) => [...before, one].slice(-KEPT_REQUESTS)),
    );
    channel.current = opened;
    return () => opened.close();
  }, [scenario]);
  const prepare = async (change: Preparation) => {
    await channel.current?.prepare(change);
    if (change.affinity !== undefined) setCookieChangedAt(Date.now());
  };
  return { frame, channel, ready, asked, cookieChangedAt, prepare };
}

/** Scenarios of one fleet share their accounts: each side registers a name of its own. */
function ofSide(step: JourneyStep, side: 'left' | 'right'): JourneyStep {
  return step.kind === 'register' ? { ...step, username: `${step.username}-${side}` } : step;
}

/** A fresh account per run, so that runs do not see each other's todos. */
function newAccount(): { username: string; password: string } {
  const random = () => crypto.getRandomValues(new Uint32Array(2)).reduce((text, word) => text + word.toString(36), '');
  return { username: `ada-${random().slice(0, 8)}`, password: `${random()}${random()}` };
}

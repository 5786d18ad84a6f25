import { useEffect, useRef, useState } from 'react';
import { FrameChannel } from '../bridge/frame-channel.js';
import type { Asked, Preparation, ServerNews } from '../bridge/messages.js';
import { fullJourney, type JourneyStep, moreReads, type StepOutcome } from '../journey/journey.js';
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

const NOT_STARTED: Progress = {
  steps: fullJourney({ username: '', password: '' }),
  outcomes: { left: [], right: [] },
};

/** Runs the same steps in both frames, in lockstep, and keeps what each side met. */
export function useComparison(choice: ScenarioChoice) {
  const left = useFrame(choice.left);
  const right = useFrame(choice.right);
  const [running, setRunning] = useState(false);
  const [progress, setProgress] = useState(NOT_STARTED);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured belongs to the scenarios it was measured on
  useEffect(() => setProgress(NOT_STARTED), [choice.left, choice.right]);

  /** The new outcomes of both sides; null when the steps could not be run now. */
  async function run(before: Progress, steps: readonly JourneyStep[]): Promise<Progress['outcomes'] | null> {
    const channels = { left: left.channel.current, right: right.channel.current };
    if (channels.left === null || channels.right === null || running) return null;
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

  const started = progress.outcomes.left.length > 0;

  return {
    frames: { left: left.frame, right: right.frame },
    /** The requests of each side's client since its frame was opened. */
    asked: { left: left.asked, right: right.asked },
    progress,
    running,
    ready: left.ready && right.ready,
    started,
    runJourney: () => run({ steps: [], outcomes: { left: [], right: [] } }, fullJourney(newAccount())),
    readAgain: () => run(progress, moreReads()),
    /** Lets both clients say what a server's fate means for a login in its memory. */
    tellOf: (server: string, news: ServerNews) => {
      for (const { channel } of [left, right]) channel.current?.tellOf(server, news);
    },
    /** Six reads after something was done; null where nobody was signed in by the steps. */
    count: () => (started ? run(progress, moreReads()) : Promise.resolve(null)),
    /** Has a side's client send its further requests from another address, or with another affinity cookie. */
    prepare: (side: 'left' | 'right', change: Preparation) =>
      (side === 'left' ? left : right).channel.current?.prepare(change) ?? Promise.resolve(),
  };
}

/** One scenario's frame and the line to it; `ready` once the client inside listens. */
function useFrame(scenario: string) {
  const frame = useRef<HTMLIFrameElement>(null);
  const channel = useRef<FrameChannel | null>(null);
  const [ready, setReady] = useState(false);
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  useEffect(() => {
    const target = frame.current?.contentWindow;
    if (!target) return;
    setReady(false);
    setAsked([]);
    const opened = new FrameChannel(
      target,
      frameOrigin(scenario, window.location.port),
      () => setReady(true),
      (one) => setAsked((before) => [...before, one].slice(-KEPT_REQUESTS)),
    );
    channel.current = opened;
    return () => opened.close();
  }, [scenario]);
  return { frame, channel, ready, asked };
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

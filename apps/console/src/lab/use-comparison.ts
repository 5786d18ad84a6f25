import { type RefObject, useEffect, useRef, useState } from 'react';
import { FrameChannel } from '../bridge/frame-channel.js';
import { fullJourney, type JourneyStep, moreReads, type StepOutcome } from '../journey/journey.js';
import { frameOrigin } from '../place.js';
import type { ScenarioChoice } from '../scenario/scenario-choice.js';

/** Long enough between steps for an audience to follow, short enough not to bore it. */
const STEP_PAUSE_MS = 160;

type SideName = 'left' | 'right';
type PerSide<T> = Readonly<Record<SideName, T>>;

interface Progress {
  readonly steps: readonly JourneyStep[];
  readonly outcomes: PerSide<readonly StepOutcome[]>;
}

const NOT_STARTED: Progress = {
  steps: fullJourney({ username: '', password: '' }),
  outcomes: { left: [], right: [] },
};

/** Runs the same steps in both frames, in lockstep, and keeps what each side met. */
export function useComparison(choice: ScenarioChoice) {
  const frames: PerSide<RefObject<HTMLIFrameElement | null>> = { left: useRef(null), right: useRef(null) };
  const channels = useRef<Record<SideName, FrameChannel | null>>({ left: null, right: null });
  const [ready, setReady] = useState<PerSide<boolean>>({ left: false, right: false });
  const [running, setRunning] = useState(false);
  const [progress, setProgress] = useState(NOT_STARTED);

  useChannel('left', choice.left);
  useChannel('right', choice.right);

  function useChannel(side: SideName, scenario: string): void {
    const frame = frames[side];
    useEffect(() => {
      const target = frame.current?.contentWindow;
      if (!target) return;
      setReady((all) => ({ ...all, [side]: false }));
      setProgress(NOT_STARTED);
      const origin = frameOrigin(scenario, window.location.port);
      const channel = new FrameChannel(target, origin, () => setReady((all) => ({ ...all, [side]: true })));
      channels.current[side] = channel;
      return () => channel.close();
    }, [frame, side, scenario]);
  }

  async function run(before: Progress, steps: readonly JourneyStep[]): Promise<void> {
    const { left, right } = channels.current;
    if (left === null || right === null || running) return;
    setRunning(true);
    setProgress({ ...before, steps: [...before.steps, ...steps] });
    for (const step of steps) {
      const [onLeft, onRight] = await Promise.all([left.perform(step), right.perform(step)]);
      setProgress((last) => ({
        ...last,
        outcomes: { left: [...last.outcomes.left, onLeft], right: [...last.outcomes.right, onRight] },
      }));
      await new Promise((resolve) => setTimeout(resolve, STEP_PAUSE_MS));
    }
    setRunning(false);
  }

  return {
    frames,
    progress,
    running,
    ready: ready.left && ready.right,
    started: progress.outcomes.left.length > 0,
    runJourney: () => run({ steps: [], outcomes: { left: [], right: [] } }, fullJourney(newAccount())),
    readAgain: () => run(progress, moreReads()),
  };
}

/** A fresh account per run, so that runs do not see each other's todos. */
function newAccount(): { username: string; password: string } {
  const random = () => crypto.getRandomValues(new Uint32Array(2)).reduce((text, word) => text + word.toString(36), '');
  return { username: `ada-${random().slice(0, 8)}`, password: `${random()}${random()}` };
}

import { z } from 'zod';
import { type Baseline, bringTo, type StoryFleet, type SystemSteering, wantedReplicas } from './system-state.js';

const KEY = 'holdfast-story';
const LOCK = 'holdfast-story';
const shape = z.array(z.tuple([z.string(), z.int().nonnegative()]));

/** Remembers what the system was like before the story, so that a page that was closed in the middle can be made up for. Null forgets it. */
export function rememberBaseline(baseline: Baseline | null): void {
  try {
    if (baseline === null) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, JSON.stringify([...baseline]));
  } catch {
    // Storage is switched off: then only this page can clean up.
  }
}

/** Brings the fleets that ran before the story back to their numbers of ready servers, and Redis with them. */
export async function bringBack(system: SystemSteering, baseline: Baseline): Promise<void> {
  const ran = (app: string) => (baseline.get(app) ?? 0) > 0;
  const fleets: StoryFleet[] = [
    ...(ran('monolith') ? ['monolith' as const] : []),
    ...(ran('auth') ? ['cached' as const] : []),
  ];
  const wanted = wantedReplicas(fleets, baseline);
  await bringTo(
    system,
    wanted.map((each) => ({ ...each, replicas: baseline.get(each.app) ?? each.replicas })),
  );
}

/** Says that the story is open in this tab, until the returned function is called. Rejects nothing; a second tab just waits. */
export function holdStory(): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks?.request(LOCK, () => held);
  return release;
}

/** Puts back what a story left behind whose page was closed. Does nothing while another tab plays one. */
export async function cleanUpAfterStory(system: SystemSteering): Promise<void> {
  await navigator.locks?.request(LOCK, { ifAvailable: true }, async (lock) => {
    const baseline = lock === null ? null : rememberedBaseline();
    if (baseline === null) return;
    // A system that is not there has nothing to mend; the next visit tries again.
    await bringBack(system, baseline).then(
      () => rememberBaseline(null),
      () => undefined,
    );
  });
}

function rememberedBaseline(): Baseline | null {
  try {
    const parsed = shape.safeParse(JSON.parse(window.localStorage.getItem(KEY) ?? 'null')).data;
    return parsed === undefined ? null : new Map(parsed);
  } catch {
    return null;
  }
}

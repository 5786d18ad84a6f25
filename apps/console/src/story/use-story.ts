import { useCallback, useEffect, useRef, useState } from 'react';
import { type AdminClient, AdminError } from '../admin/admin-client.js';
import type { ActorChannel } from './actor/actor-channel.js';
import { realStage } from './real-stage.js';
import { type Happening, StoryStopped } from './stage.js';
import { STORY } from './steps/index.js';
import { type Baseline, baselineOf, bringTo, processesOf, wantedReplicas } from './system-state.js';
import { bringBack, holdStory, rememberBaseline } from './unfinished.js';

/** `ready` waits for the presenter, `preparing` starts and mends servers, `running` is the step itself, `told` has its second sentence. */
export type StoryPhase = 'ready' | 'preparing' | 'running' | 'told' | 'stopped' | 'mending';

export interface StoryState {
  /** From 0. */
  readonly index: number;
  readonly phase: StoryPhase;
  readonly happenings: readonly Happening[];
  /** The second sentence, or why the step stopped; null before. */
  readonly outcome: string | null;
}

/** Plays the story's steps on the real system, one at a time, and puts everything back when it ends. */
export function useStory(admin: AdminClient, firstIndex: number) {
  const [state, setState] = useState<StoryState>(fresh(firstIndex));
  const busy = useRef(false);
  useEffect(holdStory, []);
  const baseline = useRef<Baseline | null>(null);
  /** Filled by the frames on the page. */
  const channels = useRef(new Map<string, ActorChannel>());

  const play = useCallback(
    async (index: number) => {
      const step = STORY[index];
      if (step === undefined || busy.current) return;
      busy.current = true;
      setState({ index, phase: 'preparing', happenings: [], outcome: null });
      try {
        if (baseline.current === null) {
          baseline.current = baselineOf(await processesOf(admin));
          rememberBaseline(baseline.current);
        }
        await bringTo(admin, wantedReplicas(step.fleets, baseline.current, step.servers));
        setState((last) => ({ ...last, phase: 'running' }));
        const stage = realStage(
          admin,
          (scenario) => channelIn(channels.current, scenario),
          (happening) => setState((last) => ({ ...last, happenings: [...last.happenings, happening] })),
        );
        const outcome = await step.run(stage);
        setState((last) => ({ ...last, phase: 'told', outcome }));
      } catch (error) {
        setState((last) => ({ ...last, phase: 'stopped', outcome: whyStopped(error) }));
      }
      busy.current = false;
    },
    [admin],
  );

  /** Starts again what the story killed and ends what it started. Resolves to what could not be mended, null if all was. */
  const cleanUp = useCallback(async (): Promise<string | null> => {
    if (baseline.current === null) return null;
    setState((last) => ({ ...last, phase: 'mending' }));
    try {
      await bringBack(admin, baseline.current);
      rememberBaseline(null);
      baseline.current = null;
      return null;
    } catch (error) {
      return whyStopped(error);
    }
  }, [admin]);

  /** Goes to a step without playing it. Nothing happens while one is played. */
  const show = useCallback((index: number) => {
    if (!busy.current && STORY[index] !== undefined) setState(fresh(index));
  }, []);

  return { state, play, show, cleanUp, channels: channels.current };
}

function fresh(index: number): StoryState {
  return { index, phase: 'ready', happenings: [], outcome: null };
}

function whyStopped(error: unknown): string {
  if (error instanceof StoryStopped || error instanceof AdminError) return error.message;
  return error instanceof Error ? `This step stopped: ${error.message}` : 'This step stopped.';
}

function channelIn(channels: ReadonlyMap<string, ActorChannel>, scenario: string): ActorChannel {
  const channel = channels.get(scenario);
  if (channel === undefined) throw new StoryStopped(`The frame of ${scenario} is not there. Reload the page.`);
  return channel;
}

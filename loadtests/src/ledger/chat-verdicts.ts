import type { ChatFault } from '../scenarios/chat-fault.js';
import type { ChatRun } from './count-chat.js';
import type { Verdict } from './results.js';

/** Whether the chat keeps its promise under each fault, held against what the members counted. */
export function judgeChat(runs: readonly ChatRun[], faults: readonly ChatFault[]): Verdict[] {
  return runs.map((run) => {
    const { title = run.fault, cutsOff = false } = faults.find(({ name }) => name === run.fault) ?? {};
    const claim = `${title}: nothing is lost, doubled or out of order unless members are told, and all come back`;
    if (run.acknowledged === 0) return { claim, holds: null, because: 'nothing was said' };
    if (cutsOff && run.reconnections === 0) return { claim, holds: null, because: 'the fault cut nobody off' };
    const keepsPromise = run.lost + run.duplicated + run.reordered === 0 && run.backMs !== null;
    return { claim, holds: keepsPromise, because: explain(run) };
  });
}

function explain(run: ChatRun): string {
  const counts = `${run.lost} lost, ${run.duplicated} duplicated, ${run.reordered} reordered of ${run.delivered} delivered`;
  const told =
    run.told > 0 ? `; told ${run.told} times, of ${run.admitted} missing` : '; nobody had to be told of a hole';
  if (run.backMs === null) return `${counts}${told}; not everybody came back`;
  return run.backMs === 0 ? `${counts}${told}` : `${counts}${told}; all back after ${run.backMs} ms`;
}

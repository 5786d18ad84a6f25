import type { SentAnswers } from '../ledger/compare-with-gateway.js';
import type { PartProcess } from '../ledger/ended-processes.js';
import type { CpuGroup } from '../measures/measure.js';
import type { Control } from './control.js';

/** The system of arms, as a run sees it: servers behind a load balancer, found by the arm's scenario. */
export interface LabSystem {
  /** The address to which users send requests. */
  url(scenario: string): string;
  control(scenario: string): Promise<Control>;
  /** `auth-2` → `server-2`, for every destination. */
  serverOf(scenario: string): Promise<ReadonlyMap<string, string>>;
  /** Process ids of the destinations; those of processes that are not ours are missing. */
  serverPids(scenario: string): Promise<ReadonlyMap<string, number>>;
  /** Every running process that the scenario's users may need: servers, gateway, stores. */
  processes(scenario: string): Promise<readonly PartProcess[]>;
  /**
   * The todos of the run with this stamp that the scenario's store holds, each as `<user> <request>`; undefined when they are in no
   * store of ours, or it does not answer.
   */
  storedTodos?(scenario: string, stamp: string): Promise<ReadonlySet<string> | undefined>;
  /** The chat messages of that run which the log of their room holds, each as `<user>:<number>`; undefined as above. */
  storedMessages?(scenario: string, stamp: string): Promise<ReadonlySet<string> | undefined>;
  /** The answers with success (2xx) that our gateway has sent of each server process; missing behind another load balancer. */
  answersSent?(): Promise<ReadonlyMap<string, SentAnswers>>;
  pids(scenario: string): Promise<Record<Exclude<CpuGroup, 'generator'>, number[]>>;
}

import exec from 'k6/execution';
import { LabUser } from './lab-user.ts';
import { elapsedMs, stepsPlan as plan } from './plan.ts';

export { handleSummary, options } from './run-options.ts';

/** Requests of the other device before its session ends: any one of three servers then knew four of five sessions. */
const USED = 4;
/** The time within which every server hears of the end. */
const HEARD_MS = 1_000;
const SERVERS = 3;
/** Requests after which round robin has asked every server; a sticky client meets the same one each time. */
const MOST_ASKED = 12;

/** One person with two browsers: at each of its times the second signs in, is signed out by the first, and still sends requests. */
export default function journey(): void {
  const id = exec.vu.idInTest;
  const user = new LabUser(id);
  const other = user.onAnotherDevice();
  user.pauseUntil(plan.signInMs[id - 1] ?? 0);
  user.register();
  user.ledger.readyMs = elapsedMs();
  for (const [atMs] of plan.steps[id - 1] ?? []) {
    user.pauseUntil(atMs);
    user.viewProfile(atMs);
    if (!other.logIn()) continue;
    for (let n = 0; n < USED; n++) other.viewProfile();
    const cookies = other.cookieHeader();
    user.endOthers();
    const heardMs = elapsedMs() + HEARD_MS;
    other.askEnded(cookies);
    other.pauseUntil(heardMs);
    const answered = new Set<string>();
    for (let n = 0; n < MOST_ASKED && answered.size < SERVERS; n++) answered.add(other.askEnded(cookies));
  }
  user.pauseUntil(plan.closingMs);
  user.ledger.closingMs = elapsedMs();
  console.log(`ledger ${JSON.stringify(user.ledger)}`);
}

import exec from 'k6/execution';
import { chat } from './chat.ts';
import { lookUntilTwoAnswered } from './closing-look.ts';
import { LabUser } from './lab-user.ts';
import { elapsedMs, stepsPlan as plan } from './plan.ts';

export { handleSummary, options } from './run-options.ts';

const CLOSING_LIMIT_MS = 10_000;

/** One user of the load: signs in, walks its drawn steps at their times, and looks once more when all is over. */
export default async function journey(): Promise<void> {
  const id = exec.vu.idInTest;
  const user = new LabUser(id);
  user.pauseUntil(plan.signInMs[id - 1] ?? 0);
  user.register();
  if (plan.chats) await chat(user, `lab-${plan.stamp}`);
  user.ledger.readyMs = elapsedMs();
  for (const [atMs, step] of plan.steps[id - 1] ?? []) {
    user.pauseUntil(atMs);
    user.step(step, atMs);
  }
  user.pauseUntil(plan.closingMs);
  user.ledger.closingMs = elapsedMs();
  if (plan.comesBack) lookUntilTwoAnswered(user, () => elapsedMs() >= plan.closingMs + CLOSING_LIMIT_MS);
  console.log(`ledger ${JSON.stringify(user.ledger)}`);
}

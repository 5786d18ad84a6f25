import { sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { chat } from './chat.ts';
import { LabUser } from './lab-user.ts';
import { plan } from './plan.ts';

/** One iteration is one user's whole journey: k6 empties a cookie jar between iterations, which would log everyone out. */
export const options: Options = {
  scenarios: {
    users: { executor: 'per-vu-iterations', vus: plan.users, iterations: 1, maxDuration: '10m' },
  },
  hosts: { '*.localhost': '127.0.0.1' },
  noCookiesReset: true,
  summaryTrendStats: ['med', 'p(95)', 'p(99)'],
  discardResponseBodies: false,
};

const tries = 60;

export default async function journey(): Promise<void> {
  const user = new LabUser(exec.vu.idInTest);
  waitUntil(0);
  user.register();
  for (let n = 1; n <= plan.todosPerUser; n++) {
    for (let attempt = 0; attempt < tries && elapsedMs() < plan.addUntilMs; attempt++) {
      if (user.addTodo(`todo ${n}`)) break;
    }
  }
  await chat(user, `lab-${plan.stamp}`);
  for (let round = 0; elapsedMs() < plan.steadyUntilMs; round++) {
    user.listTodos();
    if (round % 2 === 0) user.viewProfile();
    else user.toggleTodo();
    sleep(plan.pauseMs / 1000);
  }
  // What one server shows, another may deny: ask until two have answered, or there is only one to ask.
  for (
    let attempt = 0;
    attempt < tries && user.wantsSecondOpinion && elapsedMs() < plan.steadyUntilMs + 4_000;
    attempt++
  ) {
    user.listTodos();
    if (attempt >= 6 && user.isLoggedIn) break;
  }
  console.log(`ledger ${JSON.stringify(user.ledger)}`);
}

function elapsedMs(): number {
  return Date.now() - plan.startAtMs;
}

function waitUntil(ms: number): void {
  const left = ms - elapsedMs();
  if (left > 0) sleep(left / 1000);
}

/** Only what the runner reads. */
export function handleSummary(data: { metrics: Record<string, unknown> }): Record<string, string> {
  return { [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(data.metrics.answer_time ?? null) };
}

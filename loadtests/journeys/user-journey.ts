import { sleep } from 'k6';
import exec from 'k6/execution';
import { chat } from './chat.ts';
import { LabUser } from './lab-user.ts';
import { elapsedMs, userPlan as plan } from './plan.ts';
import { summaryOf } from './run-options.ts';

export { options } from './run-options.ts';

export default async function journey(): Promise<void> {
  const user = new LabUser(exec.vu.idInTest);
  waitUntil(0);
  user.register();
  for (let n = 1; n <= plan.todosPerUser; n++) {
    let added = false;
    while (!added && elapsedMs() < plan.addUntilMs) added = user.addTodo(`todo ${n}`);
  }
  await chat(user, `lab-${plan.stamp}`);
  for (let round = 0; elapsedMs() < plan.steadyUntilMs; round++) {
    user.comeBack();
    user.listTodos();
    if (round % 2 === 0) user.viewProfile();
    else user.toggleTodo();
    user.pause(plan.pauseMs);
  }
  // What one server shows, another may deny: ask until two have answered, or the same one six times without a logout.
  let agreeing = 0;
  while (user.wantsSecondOpinion && agreeing < 6 && elapsedMs() < plan.steadyUntilMs + 10_000) {
    agreeing = user.lookClosely() ? agreeing + 1 : 0;
  }
  console.log(`ledger ${JSON.stringify(user.ledger)}`);
}

function waitUntil(ms: number): void {
  const left = ms - elapsedMs();
  if (left > 0) sleep(left / 1000);
}

export const handleSummary = summaryOf('answer_time');

import exec from 'k6/execution';
import { ChatMember } from './chat-member.ts';
import { LabUser } from './lab-user.ts';
import { pause } from './pause.ts';
import { elapsedMs, chatPlan as plan } from './plan.ts';

export { handleSummary, options } from './run-options.ts';

/** Registers, joins one of a few rooms, says something at a pace, and leaves once it was given every message that the room keeps. */
export default async function journey(): Promise<void> {
  const id = exec.vu.idInTest;
  const user = new LabUser(id);
  await until(plan.signInMs[id - 1] ?? 0);
  user.register();
  const member = new ChatMember(user, `lab-${plan.stamp}-${id % plan.rooms}`);
  member.connect();
  // A random start keeps users from talking in step.
  await until(plan.sayFromMs + Math.random() * plan.pauseMs);
  for (let number = 1; elapsedMs() < plan.sayUntilMs; number++) {
    await member.say(number);
    await pause(plan.pauseMs);
  }
  await until(plan.answeredUntilMs);
  await member.untilLevel();
  member.end();
  user.ledger.closingMs = elapsedMs();
  console.log(`ledger ${JSON.stringify({ ...user.ledger, chat: member.ledger })}`);
}

function until(ms: number): Promise<void> {
  return pause(ms - elapsedMs());
}

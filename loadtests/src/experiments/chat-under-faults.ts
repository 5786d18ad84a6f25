import type { ChildProcess } from 'node:child_process';
import type { ObtainedK6 } from '@holdfast/infra';
import { k6WarmUpMs, runK6 } from '../k6/run-k6.js';
import { type ChatRun, countChat } from '../ledger/count-chat.js';
import { chatLedgerSchema } from '../ledger/count-room.js';
import { readLedgers } from '../ledger/read-ledgers.js';
import type { ChatDose } from '../scenarios/chat-dose.js';
import type { ChatControl, ChatFault } from '../scenarios/chat-fault.js';
import { clientAddresses } from '../scenarios/client-addresses.js';
import { injectAt } from '../scenarios/fault.js';

const seed = 1;

export interface ChatLab {
  readonly k6: ObtainedK6;
  /** Where the chat's users come in. */
  readonly baseUrl: string;
  readonly control: ChatControl;
  readonly dose: ChatDose;
  /** For k6's own files. */
  readonly dir: string;
  /** Gets k6's process, to end it early. */
  readonly onK6?: (child: ChildProcess) => void;
}

/** k6's users talk in rooms, the fault comes midway, and their ledgers are held against each other. */
export async function chatUnderFault(lab: ChatLab, { name, lastsMs, midway }: ChatFault): Promise<ChatRun> {
  const { dose, control } = lab;
  const startAtMs = Date.now() + k6WarmUpMs;
  const sayUntilMs = dose.faultAtMs + lastsMs + dose.afterFaultMs;
  const plan = {
    ...{
      baseUrl: lab.baseUrl,
      users: dose.users,
      rooms: dose.rooms,
      seed,
      startAtMs,
      stamp: `${startAtMs.toString(36)}c`,
    },
    ...{ sayFromMs: dose.sayFromMs, sayUntilMs, answeredUntilMs: sayUntilMs + dose.answerMs },
    ...{ patienceMs: dose.patienceMs, pauseMs: dose.pauseMs, addresses: clientAddresses(dose.users, seed) },
  };
  const [{ lines, trend: deliveryTime }, faultAtMs] = await Promise.all([
    runK6(lab.k6, { journey: 'chat-journey', plan, dir: lab.dir }, lab.onK6),
    midway && injectAt(startAtMs + dose.faultAtMs, () => midway.inject(control)),
  ]);
  await midway?.heal(control);
  return countChat(readLedgers(lines, chatLedgerSchema), { fault: name, users: dose.users, faultAtMs, deliveryTime });
}

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { findRedisBinary, obtainK6 } from '@holdfast/infra';
import { chatUnderFault } from '../experiments/chat-under-faults.js';
import { judgeChat } from '../ledger/chat-verdicts.js';
import type { ChatRun } from '../ledger/count-chat.js';
import { describeMachine } from '../machine.js';
import { fullChatDose, quickChatDose } from '../scenarios/chat-dose.js';
import { chatFaults } from '../scenarios/chat-fault.js';
import type { BenchLab } from './bench-lab.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../../.data');
/** k6's users talk while instances and Redis die. Prints what their ledgers say, and resolves with the figures. */
export async function benchChat(lab: BenchLab, quick: boolean): Promise<object | undefined> {
  const k6 = await obtainK6(dataDir).catch((error: Error) => {
    console.error(`!!! WITHOUT K6 the chat is not measured. ${error.message}`);
    return undefined;
  });
  if (k6 === undefined) return undefined;
  const { system, redis, dir } = lab;
  const startedAt = new Date().toISOString();
  const dose = quick ? quickChatDose : fullChatDose;
  if (redis === undefined) console.error(`!!! Redis is not killed: ${reasonFor(findRedisBinary())}`);
  const runs: ChatRun[] = [];
  for (const fault of chatFaults.filter(({ name }) => name !== 'redis' || redis !== undefined)) {
    console.error(`… chat: ${fault.title}`);
    const onK6 = (child: ChildProcess): void => {
      lab.k6Process = child;
    };
    const control = { fleet: system, ...(redis !== undefined && { redis }) };
    const baseUrl = system.url('round-robin-cached');
    runs.push(await chatUnderFault({ k6, baseUrl, control, dose, dir, onK6 }, fault));
  }
  console.log(
    `${dose.users} users in ${dose.rooms} rooms, each says something every ${dose.pauseMs} ms, behind the gateway:`,
  );
  console.table(Object.fromEntries(runs.map(({ fault, rooms: _, users: __, ...counts }) => [fault, counts])));
  const verdicts = judgeChat(runs, chatFaults);
  for (const { claim, holds, because } of verdicts) console.log(`${wordFor(holds)}: ${claim} (${because})`);
  return { startedAt, quick, machine: await describeMachine(k6.version), dose, runs, verdicts };
}

function wordFor(holds: boolean | null): string {
  if (holds === null) return 'not told';
  return holds ? 'holds' : 'FAILS';
}

function reasonFor(binary: string | undefined): string {
  return binary === undefined ? 'no redis-server is installed' : 'REDIS_URL names one that is not ours';
}

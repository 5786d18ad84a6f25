/** Compares what members sent, received and missed. */
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('./member.mjs').Member} Member */
/** @typedef {{ room: string | undefined, texts: string[] }} Said */

/**
 * Says one message after the other, each until it is acknowledged: `n:0`, `n:1`, … `texts` grows as it goes on.
 * @param {Member} member @param {number} n @param {number} everyMs @param {{ isOn: boolean }} traffic @returns {Promise<Said>}
 */
export async function talk(member, n, everyMs, traffic, said = /** @type {Said} */ ({ room: member.room, texts: [] })) {
  for (let number = 0; traffic.isOn; number++) {
    const text = `${n}:${number}`;
    await member.say(text);
    said.texts.push(text);
    await delay(everyMs);
  }
  return said;
}

/** The acknowledged messages of each room. @param {readonly Said[]} said */
export function byRoom(said) {
  /** @type {Map<string | undefined, string[]>} */
  const acknowledged = new Map();
  for (const { room, texts } of said) acknowledged.set(room, [...(acknowledged.get(room) ?? []), ...texts]);
  return acknowledged;
}

/**
 * Compares a member's ledger with the acknowledged messages of its room. A member that heard of a hole has lost nothing silently.
 * @param {Member} member @param {ReturnType<typeof byRoom>} acknowledged
 */
export function compare({ ledger, room, holes }, acknowledged) {
  const seen = new Set(ledger.map(({ text }) => text));
  const missing = (acknowledged.get(room) ?? []).filter((text) => !seen.has(text)).length;
  /** @type {Map<string, number>} */
  const newest = new Map();
  let [reordered, silentHoles] = [0, 0];
  for (const [i, { text, offset }] of ledger.entries()) {
    const [sender = '', number] = text.split(':');
    if (Number(number) < (newest.get(sender) ?? -1)) reordered++;
    newest.set(sender, Number(number));
    if (holes === 0 && i > 0 && offset !== (ledger[i - 1]?.offset ?? 0) + 1) silentHoles++;
  }
  return { lost: holes > 0 ? 0 : missing, duplicated: ledger.length - seen.size, reordered, silentHoles };
}

/** How often members recovered, and how often the server reported a hole to them. */
export function totals(/** @type {readonly Member[]} */ members) {
  return members.reduce((sum, each) => ({ recovered: sum.recovered + each.recovered, holes: sum.holes + each.holes }), {
    recovered: 0,
    holes: 0,
  });
}

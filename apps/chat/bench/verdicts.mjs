/**
 * Compares each part's goals with what it measured.
 * @typedef {{ goal: string, holds: boolean, measured: string }} Verdict
 */

const backGoalMs = 10_000;
const fanOutGoal = 2;

/**
 * Rows come in pairs of equal load: Socket.IO's, then ours.
 * @param {Awaited<ReturnType<typeof import('./fan-out.mjs').fanOut>>} rows
 * @returns {Verdict[]}
 */
function judgeFanOut(rows) {
  return rows.flatMap((ours, i) => {
    const theirs = rows[i - 1];
    if (ours.kind !== 'ours' || theirs === undefined) return [];
    const where = `${ours.members} members a room, ${ours.load} load`;
    return [
      {
        goal: `${where}: ${fanOutGoal} times Socket.IO's deliveries per CPU-second`,
        holds: ours.ratio >= fanOutGoal,
        measured: `${ours.deliveredPerCpuSecond} beside ${theirs.deliveredPerCpuSecond}, ${ours.ratio} times`,
      },
      {
        goal: `${where}: a lower p99 than Socket.IO's`,
        holds: ours.p99Ms < theirs.p99Ms,
        measured: `${ours.p99Ms} ms beside ${theirs.p99Ms} ms`,
      },
    ];
  });
}

/**
 * @param {Awaited<ReturnType<typeof import('./storm.mjs').storm>>} rows
 * @returns {Verdict[]}
 */
function judgeStorm(rows) {
  return rows.flatMap(({ sockets, come, backMsAfterKill, hgetallPerSocket }) => [
    {
      goal: `${sockets} sockets come ${come} within ${backGoalMs / 1_000} s`,
      holds: backMsAfterKill <= backGoalMs,
      measured: `${backMsAfterKill} ms after the kill`,
    },
    {
      goal: `${sockets} sockets come ${come}: at most one HGETALL authenticates each`,
      holds: hgetallPerSocket <= 1,
      measured: `${hgetallPerSocket} each`,
    },
  ]);
}

/**
 * @param {Awaited<ReturnType<typeof import('./faults.mjs').faults>>} counts
 * @returns {Verdict[]}
 */
function judgeFaults(counts) {
  const { lost, duplicated, reordered, silentHoles, inLedgers, cutOff } = counts;
  const came = counts.recoveredAfterKill + counts.toldOfHolesAfterKill;
  return [
    {
      goal: 'nothing lost, duplicated, out of order or silently missing',
      holds: lost + duplicated + reordered + silentHoles === 0,
      measured: `${lost} lost, ${duplicated} duplicated, ${reordered} reordered, ${silentHoles} silent holes of ${inLedgers}`,
    },
    {
      goal: `all ${cutOff} members that were cut off recover, or hear of a hole`,
      holds: came >= cutOff,
      measured: `${counts.recoveredAfterKill} recovered, ${counts.toldOfHolesAfterKill} told, after ${counts.allBackMs} ms`,
    },
  ];
}

export const judges = { 'fan-out': judgeFanOut, storm: judgeStorm, faults: judgeFaults };

/** Prints verdicts, one a line. */
export function printVerdicts(/** @type {readonly Verdict[]} */ verdicts) {
  for (const { goal, holds, measured } of verdicts) {
    console.log(`  ${(holds ? 'holds' : 'DOES NOT HOLD').padEnd(14)} ${goal}: ${measured}`);
  }
}

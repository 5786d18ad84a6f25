import type { Assumption, Inputs } from './inputs.js';
import { shortBytes, shortMinutes, shortNumber } from './numbers.js';
import type { ArmPlan, Plan } from './plan.js';

/** The plan as text for a terminal: a table, the formula of the cost, and every assumption with its source. */
export function printPlan(plan: Plan, inputs: Inputs, assumptions: readonly Assumption[]): string {
  const { replicas, scaleOutTo, scaleInTo, drainMinutes } = inputs;
  const people = (count: number) => shortNumber(Math.round(count));
  const rows: [string, (arm: ArmPlan) => string][] = [
    ['servers needed', ({ servers }) => `${shortNumber(servers.needed)} (${servers.boundBy})`],
    [`  CPU of ${replicas} servers`, ({ servers }) => `${shortNumber(servers.load * 100)} %`],
    ['  cores for password checks', ({ servers }) => shortNumber(servers.loginCores)],
    ['gateways needed', ({ gateways }) => shortNumber(gateways)],
    ['session memory per server', ({ sessionBytesPerServer }) => shortBytes(sessionBytesPerServer)],
    ['near cache hits', ({ nearCache }) => (nearCache === null ? '-' : `${shortNumber(nearCache.hits * 100)} %`)],
    ['  copies a server should keep', ({ nearCache }) => (nearCache === null ? '-' : people(nearCache.wantedCopies))],
    ['Redis memory', ({ redis }) => shortBytes(redis.memoryBytes)],
    ['Redis operations/s', ({ redis }) => shortNumber(redis.operationsPerSecond)],
    ['Redis bytes/s', ({ redis }) => shortBytes(redis.bytesPerSecond)],
    ['Redis shards', ({ redis }) => (redis.shards === 0 ? '0' : `${shortNumber(redis.shards)} (${redis.boundBy})`)],
    ['bytes/s to and from clients', ({ clientBytesPerSecond }) => shortBytes(clientBytesPerSecond)],
    ['users lost: a server crashes', ({ crash }) => people(crash.usersLost)],
    ['  the fullest server', ({ crash }) => people(crash.fullestServer)],
    ['users lost: deploy, no drain', ({ deploy }) => people(deploy.atOnce.users)],
    ['  logins lost', ({ deploy }) => people(deploy.atOnce.logins)],
    [`users lost: deploy, ${shortMinutes(drainMinutes)} drain`, ({ deploy }) => people(deploy.drained.users)],
    ['  the deploy takes', ({ deploy }) => shortMinutes(deploy.drained.minutes)],
    [
      `${replicas} to ${scaleOutTo}: fair share after`,
      ({ scaleOut }) => (scaleOut.minutesToFairShare === null ? 'never' : shortMinutes(scaleOut.minutesToFairShare)),
    ],
    [`${replicas} to ${scaleInTo}: users lost at once`, ({ scaleIn }) => people(scaleIn.lostAtOnce)],
    [`  with ${shortMinutes(drainMinutes)} drain`, ({ scaleIn }) => people(scaleIn.lostDrained)],
    ['  last bound user left after', ({ scaleIn }) => shortMinutes(scaleIn.lastUserMinutes)],
    ['server hours a day, no scale-in', ({ day }) => shortNumber(day.serverHours)],
    ['  saved by scale-in', ({ day }) => shortNumber(day.savedByScaleIn)],
    ['  users lost by it, a day', ({ day }) => people(day.usersLost)],
    ['  saved when nobody is lost', ({ day }) => shortNumber(day.savedLosingNobody)],
    ['cost a month', ({ month }) => shortNumber(month.total)],
    ['  with scale-in', ({ month }) => shortNumber(month.totalWithScaleIn)],
  ];
  const { simulation } = plan;
  return [
    table(
      ['', ...plan.arms.map(({ title }) => title)],
      rows.map(([name, of]) => [name, ...plan.arms.map(of)]),
    ),
    '',
    'Cost a month = 730 h x (servers + gateways) x price-server-hour + Redis GB x redis-copies x 730 h x price-redis-gb-hour',
    '             + GB to and from clients x price-traffic-gb, the traffic at the mean of the day. The unit is that of the prices.',
    ...plan.arms.map(
      ({ title, month }) =>
        `  ${title.padEnd(22)} ${shortNumber(month.servers)} + ${shortNumber(month.gateways)} + ${shortNumber(month.redis)} + ${shortNumber(month.traffic)} = ${shortNumber(month.total)}`,
    ),
    '',
    'Exact: users lost in a crash and in scale-in, the last bound user, hits of the near cache, Redis, costs.',
    `Simulated on the policies of the proxy: the fullest server, deploys, fair share of sticky arms; ${shortNumber(simulation.sampleUsers)} users on ${simulation.servers} servers${
      simulation.relativeError === 0
        ? ', all of them.'
        : ` stand for ${shortNumber(inputs.users)} on ${replicas}, which makes the part of one server uncertain by ${shortNumber(simulation.relativeError * 100)} %.`
    }`,
    '',
    'What it rests on:',
    table(
      ['', 'value', 'source', ''],
      assumptions.map(({ name, value, source, says, from }) => [name, value, source, from ? `${says}: ${from}` : says]),
      true,
    ),
  ].join('\n');
}

/** Columns as wide as their content; numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[], leftAligned = false): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 || leftAligned ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

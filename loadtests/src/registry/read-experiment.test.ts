import { expect, test } from '@jest/globals';
import type { Load } from '../loads/load.js';
import partlyOpen from '../loads/partly-open.js';
import visitors from '../loads/visitors.js';
import { experimentSchema } from '../results/results.js';
import { readExperiment, repeatedSentences } from './read-experiment.js';

const known = {
  arms: [
    'round-robin-local',
    'ip-hash-local',
    'sticky-cookie-local',
    'round-robin-connect-redis',
    'round-robin-cached',
  ],
  journeys: ['todos', 'chat', 'visits'],
  leavingJourneys: ['visits'],
  longestWaitMs: (_: string, options: unknown) => (options === 'server-3' ? 40_000 : 0),
  loads: new Map<string, Load>([
    ['partly-open', partlyOpen],
    ['visitors', visitors],
  ]),
  disturbances: ['kill', 'freeze'],
  measures: ['loggedOut', 'todosLost', 'p50Ms', 'cpuUs.servers'],
  checkDisturbance: (_: string, options: unknown) =>
    /^server-\d$/.test(String(options)) ? undefined : 'is no server; write server-2',
};
const FILE = `question: Does a crash log users out?
claim: 9
arms: [round-robin-local, ip-hash-local, sticky-cookie-local, round-robin-connect-redis, round-robin-cached]
journey: todos
load: { users: 61, requestsPerUser: 0.7/s, spacing: exponential, warmUp: 10s, measure: 40s }
disturb: [{ at: 20s, kill: server-2 }]
rules:
  - { say: sticky memory loses exactly the users of that server, each: 'loggedOut(bound, sticky-cookie-local) is all; loggedOut(unbound) is 0' }
  - { say: a shared store loses nobody, counted: 'loggedOut(round-robin-cached) is 0', atMost: 0.1 }
`;
const read = (text: string) => readExperiment('experiments/crash.yaml', text, known);
const changed = (from: string, to: string) => {
  expect(FILE).toContain(from);
  return read(FILE.replace(from, to)).mistakes;
};

test("the method's example is an experiment as results have it", () => {
  const { experiment, mistakes } = read(FILE);
  expect(mistakes).toEqual([]);
  expect(experimentSchema.parse(experiment)).toEqual(experiment);
  expect(experiment).toMatchObject({
    ...{ name: 'crash', question: 'Does a crash log users out?', claim: 9, journey: 'todos' },
    arms: known.arms,
    load: { users: 61, requestsPerUser: '0.7/s', spacing: 'exponential', warmUp: '10s', measure: '40s' },
    disturb: [{ at: '20s', kill: 'server-2' }],
  });
  expect(experiment?.rules[1]).toEqual({
    say: 'a shared store loses nobody',
    counted: 'loggedOut(round-robin-cached) is 0',
    atMost: 0.1,
  });
});

test('a twin is an arm of its own, and a variant keeps what it is', () => {
  const { experiment, arms, mistakes } = read(
    FILE.replace(
      'round-robin-cached]',
      '{ name: far, scenario: round-robin-cached, options: { rttMs: 5 } }]\ntwin: far',
    ).replace('(round-robin-cached)', '(far, far@twin)'),
  );
  expect(mistakes).toEqual([]);
  expect(experiment?.arms.slice(-2)).toEqual(['far', 'far@twin']);
  expect(arms.at(-1)).toEqual({ name: 'far@twin', scenario: 'round-robin-cached', options: { rttMs: 5 } });
});

test.each([
  ['ip-hash-local,', 'ip-hsh-local,', ':3: arms[1]: "ip-hsh-local" is no scenario; did you mean "ip-hash-local"?'],
  ['ip-hash-local,', 'round-robin-local,', ':3: arms[1]: "round-robin-local" is listed twice'],
  ['ip-hash-local,', '{ name: a b, scenario: ip-hash-local },', ':3: arms[1]'],
  ['journey: todos', 'journey: todo', ':4: journey: "todo" is no journey; did you mean "todos"?'],
  ['journey: todos', '', ':1: journey: is missing; name what the users do'],
  [
    'users: 61',
    'users: 60',
    ':5: load.users: 60 is a multiple of 3 servers, which hides an uneven share; write 59 or 61',
  ],
  ['users: 61', 'users: 62', ':5: load.users: 62 is a multiple of 2 servers'],
  ['users: 61', 'users: 7', ':5: load.users: are too few'],
  ['0.7/s', '0.7', ':5: load.requestsPerUser: is no rate; write requests of one user in a second: 0.7/s'],
  ['0.7/s', '0/s', ':5: load.requestsPerUser: is no rate'],
  ['warmUp: 10s', 'warmUp: 10', ':5: load.warmUp: is no duration; write a number with a unit: 500ms, 10s or 2m'],
  ['measure: 40s', 'measure: soon', ':5: load.measure: is no duration'],
  ['spacing: exponential', 'spacing: poisson', ':5: load.spacing: is unknown; write exponential or even'],
  ['spacing:', 'spaceing:', ':5: load.spaceing: is no setting; did you mean "spacing"?'],
  ['users: 61', 'kind: visitor, users: 61', ':5: load.kind: "visitor" is no load; did you mean "visitors"?'],
  ['users: 61', 'kind: visitors, users: 61', ':5: load.spacing: is no setting'],
  ['users: 61', 'kind: 3, users: 61', ':5: load.kind: is no name'],
  [
    'users: 61',
    'stay: 8s, users: 61',
    ':5: load.stay: is for users who leave, and those of "todos" stay to the end; choose a journey from visits',
  ],
  ['users: 61', 'stay: 0s, users: 61', ':5: load.stay: is too short; write a time such as 20s'],
  [
    'kill: server-2',
    'kill: server-3',
    ':6: disturb[0].at: with a wait of up to 40 s it is not done when the measured time ends, at 50s',
  ],
  ['users: 61', 'heavyUsers: 0, users: 61', ':5: load.heavyUsers'],
  ['users: 61', 'heavyUsers: 61, users: 61', ':5: load.heavyUsers: must be fewer than users'],
  ['at: 20s', 'at: 5s', ':6: disturb[0].at: 5s is outside of the measured time; write a time after 10s and before 50s'],
  ['at: 20s', 'at: 50s', ':6: disturb[0].at: 50s is outside of the measured time'],
  ['at: 20s, ', '', ':6: disturb[0].at: is no duration'],
  ['kill: server-2', 'kil: server-2', ':6: disturb[0].kil: is no disturbance; did you mean "kill"?'],
  ['kill: server-2', 'kill: redis', ':6: disturb[0].kill: is no server; write server-2'],
  ['kill: server-2', 'kill: server-2, freeze: server-1', ':6: disturb[0]: has 2 disturbances'],
  ['(bound, sticky-cookie-local)', '(bound, sticky-cookie)', 'rules[0].each: character 18: "sticky-cookie" is no arm'],
  ['loggedOut(round', 'loggedIn(round', ':9: rules[1].counted: "loggedIn" is no measure; did you mean "loggedOut"?'],
  ["is 0', atMost", "was 0', atMost", ':9: rules[1].counted: character 31: "was" stands where'],
  ['atMost: 0.1', 'atMost: 10', ':9: rules[1].atMost: is no share'],
  [
    "counted: 'loggedOut(round-robin-cached) is 0', ",
    '',
    ':9: rules[1]: has no rule; write one of counted, each and estimated',
  ],
  [
    'a shared store loses nobody',
    'sticky memory loses exactly the users of that server',
    ':9: rules[1].say: the sentence is that of rules[0]',
  ],
  ['say: a shared store loses nobody, ', '', ':9: rules[1].say: is missing'],
  ['atMost: 0.1', 'atmost: 0.1', ':9: rules[1].atmost: is no setting; did you mean "atMost"?'],
  ['question: Does a crash log users out?', 'frage: was?', ':1: frage: is no setting; choose from question'],
  ['claim: 9', 'claim: nine', ':2: claim: is no number of a claim'],
  ['claim: 9', 'set: fast', ':2: set: is unknown; write quick, standard or deep'],
  ['claim: 9', 'twin: round-robin-shared', ':2: twin: "round-robin-shared" is none of the arms'],
  [
    "counted: 'loggedOut(round-robin-cached) is 0', atMost: 0.1",
    "estimated: 'ratio(p50Ms, round-robin-cached, ip-hash-local) < 1.1'",
    'without an A/A twin; add "twin: round-robin-local"',
  ],
  [
    "counted: 'loggedOut(round-robin-cached) is 0', atMost: 0.1",
    "estimated: 'between(p50Ms, round-robin-cached, 0, 100)'",
    'is about a speed without an A/A twin; add "twin: round-robin-cached"',
  ],
  ['question: Does', 'question: [Does', 'experiments/crash.yaml:'],
])('%s → %s', (from, to, mistake) => {
  const mistakes = changed(from, to);
  expect(mistakes.join('\n')).toContain(mistake);
});

test('a share of load is no speed, and needs no twin', () => {
  const share = "estimated: 'between(maxShareOverMean, round-robin-cached, 1, 1.1)'";
  const counted = "counted: 'loggedOut(round-robin-cached) is 0', atMost: 0.1";
  const measures = [...known.measures, 'maxShareOverMean'];
  const { mistakes } = readExperiment('crash.yaml', FILE.replace(counted, share), { ...known, measures });
  expect(mistakes).toEqual([]);
});

test('every mistake is listed, none hides another', () => {
  const text = FILE.replace('journey: todos', 'journey: none')
    .replace('users: 61, ', 'users: 60, userz: 61, ')
    .replace('kill', 'hit')
    .replace('is all', 'are all');
  expect(read(text).mistakes).toHaveLength(5);
  expect(read(text).experiment).toBeUndefined();
});

test('what is no experiment at all is one mistake', () => {
  for (const text of ['', '[]', '- a', 'text', '42'])
    expect(read(text).mistakes).toEqual(['experiments/crash.yaml:1: the file is no mapping; begin with question: …']);
});

test('an alias that expands without end is a mistake, not a hang', () => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefgh'
    .split('')
    .map((key, n) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[n]}`).join(',')}]`)
    .join('\n')}`;
  expect(read(bomb).mistakes[0]).toContain('cannot be read');
});

test('a sentence said by two experiments is found', () => {
  const { experiment } = read(FILE);
  if (experiment === undefined) throw new Error('the example has a mistake');
  expect(repeatedSentences([experiment])).toEqual([]);
  expect(repeatedSentences([experiment, { ...experiment, name: 'other' }])).toHaveLength(2);
});

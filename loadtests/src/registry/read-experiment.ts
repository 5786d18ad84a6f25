import { basename } from 'node:path';
import type { z } from 'zod';
import { whyEvenShare } from '../loads/even-share.js';
import { type Load, milliseconds, type UserLoad } from '../loads/load.js';
import type { Experiment } from '../results/results.js';
import { isTime } from '../rules/measure-units.js';
import { readCountedRule, readEstimatedRule } from '../rules/read-rule.js';
import { KEYS, parts, type Variant } from './experiment-file.schema.js';
import { suggestion } from './nearest-name.js';
import { isMapping, type Path, YamlFile } from './yaml-file.js';

/** Servers of the system, and those that are left when one is killed. */
const SERVERS = [3, 2];

/** Ids that an experiment can name. */
export interface Known {
  /** Scenarios. */
  readonly arms: readonly string[];
  readonly journeys: readonly string[];
  readonly loads: ReadonlyMap<string, Load>;
  /** Journeys whose users do nothing after their last step. Users of all others stay to the end. */
  readonly leavingJourneys: readonly string[];
  readonly disturbances: readonly string[];
  readonly runners?: readonly string[];
  /** Names that rules can use; not checked when left out. */
  readonly measures?: readonly string[];
  /** The mistake in a disturbance's options, if any; not checked when left out. */
  readonly checkDisturbance?: (id: string, options: unknown) => string | undefined;
  /** The longest time that a disturbance waits for users before it is done, ms; not checked when left out. */
  readonly longestWaitMs?: (id: string, options: unknown) => number;
  /** The mistake in the options of an arm, with and without a runner of its own; not checked when left out. */
  readonly checkOptions?: (runner: string | undefined, options: unknown) => string | undefined;
}

export interface ReadExperiment {
  /** Undefined when there is a mistake. */
  readonly experiment: Experiment | undefined;
  /** The arms by name; an arm that is a scenario as it is has neither env nor options. */
  readonly arms: readonly Variant[];
  /** `crash.yaml:12: arms[1]: …; did you mean …?` */
  readonly mistakes: readonly string[];
}

type Part = keyof typeof parts;
type Read = { [P in Part]?: z.infer<(typeof parts)[P]> };

/** Reads an experiment's file; its name is the file's. Lists every mistake with file, line and fix. Never throws. */
export function readExperiment(path: string, text: string, known: Known): ReadExperiment {
  const file = new YamlFile(path, text);
  if (file.mistakes.length === 0 && !isMapping(file.content))
    file.mistake([], 'the file is no mapping; begin with question: …');
  if (file.mistakes.length > 0 || !isMapping(file.content))
    return { experiment: undefined, arms: [], mistakes: file.mistakes };
  const read = readParts(file, file.content);
  const arms = readArms(file, read, known);
  if (read.journey !== undefined && !known.journeys.includes(read.journey))
    file.mistake(['journey'], `"${read.journey}" is no journey; ${suggestion(read.journey, known.journeys)}`);
  checkRunner(file, read, arms, known);
  checkDisturbances(file, read, readLoad(file, read, known), known);
  checkRules(file, read, arms, known);
  if (file.mistakes.length > 0) return { experiment: undefined, arms, mistakes: file.mistakes };
  const { content } = file;
  const whole = read as Required<Read>;
  const experiment: Experiment = {
    name: basename(path).replace(/\.ya?ml$/, ''),
    ...{
      question: whole.question,
      claim: whole.claim,
      ...(read.set && { set: read.set }),
      ...(read.blocks && { blocks: read.blocks }),
    },
    ...{ arms: arms.map(({ name }) => name), ...variantsOf(arms), ...(read.runner && { runner: read.runner }) },
    ...{ journey: read.journey ?? 'none', load: { ...(content.load as object | undefined) } },
    ...{ disturb: whole.disturb, rules: whole.rules.map(withoutGaps) as Experiment['rules'] },
  };
  return { experiment, arms, mistakes: [] };
}

/** Sentences of more than one experiment: they must be unique, as a verdict is found by its sentence. */
export function repeatedSentences(experiments: readonly Experiment[]): string[] {
  const sentences = experiments.flatMap(({ rules }) => rules.map(({ say }) => say));
  return [...new Set(sentences.filter((say, n) => sentences.indexOf(say) !== n))];
}

function readParts(file: YamlFile, content: Record<string, unknown>): Read {
  const read: Record<string, unknown> = {};
  checkKeys(file, [], content, KEYS.file);
  for (const part of Object.keys(parts) as Part[]) {
    const parsed = parts[part].safeParse(content[part]);
    if (parsed.success) read[part] = parsed.data;
    else for (const { path, message } of parsed.error.issues) file.mistake([part, ...(path as Path)], message);
  }
  for (const [n, item] of listOf(content.rules).entries()) checkKeys(file, ['rules', n], item, KEYS.rule);
  for (const [n, item] of listOf(content.arms).entries()) checkKeys(file, ['arms', n], item, KEYS.variant);
  return read;
}

function checkKeys(file: YamlFile, path: Path, value: unknown, allowed: readonly string[]): void {
  if (!isMapping(value)) return;
  for (const key of Object.keys(value))
    if (!allowed.includes(key)) file.mistake([...path, key], `is no setting; ${suggestion(key, allowed)}`);
}

/** Arms that differ from their scenario, as results hold them. */
function variantsOf(arms: readonly Variant[]): Pick<Experiment, 'variants'> {
  const variants = arms
    .filter(({ env, options }) => env !== undefined || options !== undefined)
    .map(({ name, scenario, env, options }) => [name, { scenario, ...(env && { env }), ...(options && { options }) }]);
  return variants.length === 0 ? {} : { variants: Object.fromEntries(variants) };
}

/** Without a runner, k6 walks the journey of the arms under the load. */
function checkRunner(file: YamlFile, read: Read, arms: readonly Variant[], known: Known): void {
  const { runner } = read;
  if (runner !== undefined && !known.runners?.includes(runner))
    file.mistake(['runner'], `"${runner}" is no runner; ${suggestion(runner, known.runners ?? [])}`);
  if (runner === undefined && read.journey === undefined)
    file.mistake(['journey'], 'is missing; name what the users do, such as todos');
  if (runner === undefined && read.load === undefined)
    file.mistake(['load'], 'is missing; write users, requestsPerUser, warmUp and measure');
  for (const [n, { options }] of arms.entries()) {
    const wrong = known.checkOptions?.(runner, options ?? {});
    if (wrong !== undefined) file.mistake(['arms', n], `options: ${wrong}`);
  }
}

function readArms(file: YamlFile, { arms: listed = [], twin, runner }: Read, known: Known): Variant[] {
  const arms: Variant[] = [];
  for (const [n, item] of listed.entries()) {
    const named: { name: string; scenario?: string | undefined } =
      typeof item === 'string' ? { name: item } : { ...item };
    const arm = { ...named, scenario: named.scenario ?? runner ?? named.name.split('@')[0] ?? named.name };
    if (runner === undefined && !known.arms.includes(arm.scenario))
      file.mistake(['arms', n], `"${arm.scenario}" is no scenario; ${suggestion(arm.scenario, known.arms)}`);
    if (arms.some(({ name }) => name === arm.name))
      file.mistake(['arms', n], `"${arm.name}" is listed twice; remove one`);
    else arms.push(arm);
  }
  if (twin === undefined) return arms;
  const original = arms.find(({ name }) => name === twin);
  if (original === undefined)
    file.mistake(
      ['twin'],
      `"${twin}" is none of the arms; ${suggestion(
        twin,
        arms.map(({ name }) => name),
      )}`,
    );
  else arms.push({ ...original, name: `${twin}@twin` });
  return arms;
}

/** The users of the load; undefined when there is none, and when it has a mistake. */
function readLoad(
  file: YamlFile,
  { load: written, journey }: Read,
  { loads, leavingJourneys }: Known,
): UserLoad | undefined {
  if (written === undefined) return undefined;
  const { kind, ...settings } = written;
  const load = loads.get(kind);
  if (load === undefined) {
    file.mistake(['load', 'kind'], `"${kind}" is no load; ${suggestion(kind, [...loads.keys()])}`);
    return undefined;
  }
  const names = Object.keys(load.settings.shape);
  checkKeys(file, ['load'], settings, names);
  const even = typeof settings.users === 'number' ? whyEvenShare(settings.users, SERVERS) : undefined;
  if (even !== undefined) file.mistake(['load', 'users'], even);
  const known = Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
  const parsed = load.settings.safeParse(known);
  for (const { path, message } of parsed.error?.issues ?? []) file.mistake(['load', ...(path as Path)], message);
  if (!parsed.success) return undefined;
  const users = load.draw(parsed.data);
  if (users.usersLeave && journey !== undefined && !leavingJourneys.includes(journey))
    file.mistake(
      ['load', 'stay'],
      `is for users who leave, and those of "${journey}" stay to the end; choose a journey from ${leavingJourneys.join(', ')}`,
    );
  return users;
}

function checkDisturbances(file: YamlFile, { disturb = [] }: Read, load: UserLoad | undefined, known: Known): void {
  for (const [n, { at, ...rest }] of disturb.entries()) {
    const ids = Object.keys(rest);
    if (ids.length !== 1)
      file.mistake(['disturb', n], `has ${ids.length} disturbances; write one beside at: { at: 20s, kill: server-2 }`);
    for (const id of ids) {
      const wrong = known.disturbances.includes(id)
        ? known.checkDisturbance?.(id, rest[id])
        : `is no disturbance; ${suggestion(id, known.disturbances)}`;
      if (wrong !== undefined) file.mistake(['disturb', n, id], wrong);
    }
    if (load === undefined) continue;
    const [atMs, endMs] = [milliseconds(at), load.warmUpMs + load.measureMs];
    const waitMs = Math.max(0, ...ids.map((id) => known.longestWaitMs?.(id, rest[id]) ?? 0));
    if (atMs <= load.warmUpMs || atMs >= endMs)
      file.mistake(
        ['disturb', n, 'at'],
        `${at} is outside of the measured time; write a time after ${load.warmUpMs / 1000}s and before ${endMs / 1000}s`,
      );
    else if (atMs + waitMs >= endMs)
      file.mistake(
        ['disturb', n, 'at'],
        `with a wait of up to ${waitMs / 1000} s it is not done when the measured time ends, at ${endMs / 1000}s; begin earlier, wait less or measure longer`,
      );
  }
}

function checkRules(file: YamlFile, { rules = [], twin }: Read, arms: readonly Variant[], known: Known): void {
  const names = arms.map(({ name }) => name);
  for (const [n, rule] of rules.entries()) {
    const first = rules.findIndex(({ say }) => say === rule.say);
    if (first !== n)
      file.mistake(
        ['rules', n, 'say'],
        `the sentence is that of rules[${first}]; a verdict is found by its sentence, so write another`,
      );
    const kinds = (['counted', 'each', 'estimated'] as const).filter((kind) => rule[kind] !== undefined);
    if (kinds.length !== 1)
      file.mistake(
        ['rules', n],
        `has ${kinds.length === 0 ? 'no rule' : kinds.join(' and ')}; write one of counted, each and estimated`,
      );
    if (rule.atMost !== undefined && rule.estimated !== undefined)
      file.mistake(
        ['rules', n, 'atMost'],
        'is for counted and each rules; the margin of an estimated rule stands in its text',
      );
    for (const kind of kinds) {
      const { clauses, mistakes } = (kind === 'estimated' ? readEstimatedRule : readCountedRule)(
        rule[kind] ?? '',
        names,
      );
      for (const { message } of mistakes) file.mistake(['rules', n, kind], message);
      for (const { measure } of clauses) checkMeasure(file, ['rules', n, kind], measure, known.measures);
      const ofSpeed = clauses.find((clause) => 'kind' in clause && (clause.kind === 'ratio' || isTime(clause.measure)));
      if (twin === undefined && ofSpeed !== undefined)
        file.mistake(
          ['rules', n, kind],
          `is about a speed without an A/A twin; add "twin: ${'arm' in ofSpeed ? ofSpeed.arm : names[0]}" to the experiment`,
        );
    }
  }
}

/** A part of a measure (`loggedOut.bound`) is known with its measure. */
function checkMeasure(file: YamlFile, path: Path, measure: string, known: readonly string[] | undefined): void {
  if (known === undefined || known.some((name) => measure === name || measure.startsWith(`${name}.`))) return;
  file.mistake(path, `"${measure}" is no measure; ${suggestion(measure, known)}`);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Removes keys without a value: the type of results does not allow them. */
function withoutGaps(rule: object): object {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
}

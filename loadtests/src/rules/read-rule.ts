import { ClauseReader } from './clause-reader.js';
import type { CountedClause, EstimatedClause, Expectation, RuleMistake } from './rule.js';

const COUNTED_FORM = 'write measure(words, arms) is 0, is all, is at most 30, or between 0.6 and 0.7';
const ESTIMATED_FORM =
  'write ratio(measure, a, b) < 1.1, same(measure, a, b) within 1.1, or between(measure, arm, 1, 2)';

interface ReadRule<C> {
  readonly clauses: readonly C[];
  readonly mistakes: readonly RuleMistake[];
}

/**
 * Reads a counted or each rule. A clause without arms is about the arms of the clause before it, the first one about all arms of
 * the experiment.
 */
export function readCountedRule(text: string, arms: readonly string[]): ReadRule<CountedClause> {
  const reader = new ClauseReader(text, arms);
  let before = arms;
  const clauses = reader.clauses((clause): CountedClause => {
    const measure = reader.name(COUNTED_FORM);
    let names: ReturnType<typeof reader.names> = [];
    if (reader.peek().text === '(') {
      reader.take();
      names = reader.names(COUNTED_FORM);
      reader.expect(')', COUNTED_FORM);
    }
    const read = reader.arguments(measure.text, names);
    before = read.arms.length > 0 ? read.arms : before;
    return { ...read, text: clause, arms: before, expected: readExpectation(reader) };
  });
  return { clauses, mistakes: reader.mistakes };
}

function readExpectation(reader: ClauseReader): Expectation {
  const verb = reader.take();
  if (verb.text === 'between') {
    const low = reader.number('write between 0.6 and 0.7');
    reader.expect('and', 'write between 0.6 and 0.7');
    const high = reader.number('write between 0.6 and 0.7');
    if (low.value >= high.value || high.value > 1)
      reader.fail(high.token, 'ends no range of shares; write two numbers from 0 to 1, the smaller first');
    return { kind: 'between', low: low.value, high: high.value };
  }
  if (verb.text !== 'is') reader.fail(verb, `stands where "is" or "between" is expected; ${COUNTED_FORM}`);
  const said = reader.take();
  if (said.text === 'all') return { kind: 'all' };
  if (said.text === 'at') return readLimit(reader);
  if (said.text === 'none') return { kind: 'count', count: 0 };
  if (said.kind === 'number' && Number.isInteger(Number(said.text))) return { kind: 'count', count: Number(said.text) };
  return reader.fail(
    said,
    'is no count; write 0, all, none, a whole number or at most 30, and a share as between 0.6 and 0.7',
  );
}

/** The limit after `is at`. */
function readLimit(reader: ClauseReader): Expectation {
  const fix = 'write is at most 30 or is at least 1';
  const end = reader.take();
  if (end.text !== 'most' && end.text !== 'least')
    reader.fail(end, `stands where "most" or "least" is expected; ${fix}`);
  const { value, token } = reader.number(fix);
  if (!Number.isInteger(value)) reader.fail(token, `is no whole number; ${fix}`);
  return { kind: 'limit', ...(end.text === 'most' ? { low: 0, high: value } : { low: value, high: Number.MAX_VALUE }) };
}

/** Reads an estimated rule. */
export function readEstimatedRule(text: string, arms: readonly string[]): ReadRule<EstimatedClause> {
  const reader = new ClauseReader(text, arms);
  const clauses = reader.clauses((clause): EstimatedClause => {
    const form = reader.name(ESTIMATED_FORM);
    if (!['ratio', 'same', 'between'].includes(form.text)) reader.fail(form, `is no form of a rule; ${ESTIMATED_FORM}`);
    reader.expect('(', ESTIMATED_FORM);
    const measure = reader.name(ESTIMATED_FORM);
    if (reader.peek().text === ',') reader.take();
    const names = reader.names(ESTIMATED_FORM);
    const read = reader.arguments(measure.text, names);
    const expectArms = (count: number) => {
      if (read.arms.length !== count || new Set(read.arms).size !== count)
        reader.fail(form, `takes ${count === 1 ? 'one arm' : 'two different arms'}; ${ESTIMATED_FORM}`);
    };
    const common = { text: clause, measure: read.measure, phase: read.phase };
    const [a = '', b = ''] = read.arms;
    if (form.text === 'between') {
      expectArms(1);
      const low = reader.number(ESTIMATED_FORM);
      reader.expect(',', ESTIMATED_FORM);
      const high = reader.number(ESTIMATED_FORM);
      reader.expect(')', ESTIMATED_FORM);
      if (low.value >= high.value) reader.fail(high.token, 'ends no range; write the smaller number first');
      return { ...common, kind: 'between', arm: a, low: low.value, high: high.value };
    }
    reader.expect(')', ESTIMATED_FORM);
    expectArms(2);
    return { ...common, kind: 'ratio', a, b, ...readRange(reader, form.text) };
  });
  return { clauses, mistakes: reader.mistakes };
}

function readRange(reader: ClauseReader, form: string): { low: number; high: number; margin: number } {
  if (form === 'same') {
    reader.expect('within', 'write same(measure, a, b) within 1.1');
    const { value, token } = reader.number('write same(measure, a, b) within 1.1');
    if (value <= 1) reader.fail(token, 'is no margin; write a factor above 1: within 1.1 means from 0.91 to 1.1');
    return { low: 1 / value, high: value, margin: value };
  }
  const sign = reader.take();
  if (sign.text !== '<' && sign.text !== '>')
    reader.fail(sign, 'stands where "<" or ">" is expected; write ratio(measure, a, b) < 1.1');
  const { value, token } = reader.number('write ratio(measure, a, b) < 1.1');
  if (value <= 0) reader.fail(token, 'is no ratio; write a number above 0');
  const margin = Math.max(value, 1 / value);
  return sign.text === '<' ? { low: 0, high: value, margin } : { low: value, high: Number.MAX_VALUE, margin };
}

import { nearestName, suggestion } from '../registry/nearest-name.js';
import type { Phase, RuleMistake } from './rule.js';
import { type Token, tokensOf } from './tokens.js';

/** The arguments of a call: first words, which choose the phase and the part of a measure, then arms. */
export interface Arguments {
  readonly measure: string;
  readonly phase: Phase | undefined;
  readonly arms: readonly string[];
}

/** Ends the reading of one clause; reading goes on with the next one. */
class Unreadable extends Error {}

/** Goes through a rule's text from clause to clause and collects the mistakes. */
export class ClauseReader {
  readonly mistakes: RuleMistake[] = [];
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly arms: readonly string[],
  ) {
    this.tokens = tokensOf(text);
  }

  /** Reads every clause with the given function; a clause with a mistake is left out. */
  clauses<C>(readClause: (text: string) => C): C[] {
    const clauses: C[] = [];
    for (;;) {
      const end = this.tokens.findIndex(
        (token, n) => n >= this.position && (token.text === ';' || token.kind === 'end'),
      );
      const text = this.text.slice(this.peek().at, this.tokens[end]?.at).trim();
      try {
        clauses.push(readClause(text));
        if (this.position < end)
          this.fail(this.peek(), 'stands behind a clause that is complete; join clauses with ";"');
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
      this.position = end;
      if (this.peek().kind === 'end') return clauses;
      this.position++;
      // A ";" at the very end joins no clauses and is allowed.
      if (this.peek().kind === 'end' && clauses.length > 0) return clauses;
    }
  }

  peek(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: 'the end', at: this.text.length };
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position++;
    return token;
  }

  /** Takes exactly this word or sign, or fails with the fix. */
  expect(text: string, fix: string): void {
    if (this.peek().text !== text) this.fail(this.peek(), `stands where "${text}" is expected; ${fix}`);
    this.take();
  }

  name(fix: string): Token {
    if (this.peek().kind !== 'name') this.fail(this.peek(), `stands where a name is expected; ${fix}`);
    return this.take();
  }

  number(fix: string): { value: number; token: Token } {
    if (this.peek().kind !== 'number') this.fail(this.peek(), `stands where a number is expected; ${fix}`);
    const token = this.take();
    return { value: Number(token.text), token };
  }

  /** The names up to `)` or a number, separated by commas. */
  names(fix: string): Token[] {
    const names: Token[] = [];
    while (this.peek().kind === 'name') {
      names.push(this.take());
      if (this.peek().text !== ',') break;
      this.take();
      if (this.peek().text === ')') this.fail(this.peek(), `follows a comma; ${fix}`);
    }
    return names;
  }

  /** Sorts names into phase, words and arms: the first arm ends the words. */
  arguments(measure: string, names: readonly Token[]): Arguments {
    const words: string[] = [];
    const arms: string[] = [];
    let phase: Phase | undefined;
    for (const token of names) {
      const { text } = token;
      if (this.arms.includes(text)) arms.push(text);
      else if (arms.length > 0 || looksLikeArm(text, this.arms)) arms.push(this.unknownArm(token));
      else if (text === 'before' || text === 'after') phase = text;
      else words.push(text);
    }
    return { measure: [measure, ...words].join('.'), phase, arms };
  }

  fail(token: Token, message: string): never {
    this.mistake(token, message);
    throw new Unreadable();
  }

  mistake(token: Token, message: string, unknownArm?: string): void {
    const what = token.kind === 'end' ? 'the end' : `"${token.text}"`;
    const where = `character ${token.at + 1}: ${what} ${message}`;
    this.mistakes.push({ at: token.at, message: where, ...(unknownArm === undefined ? {} : { unknownArm }) });
  }

  private unknownArm(token: Token): string {
    this.mistake(token, `is no arm of this experiment; ${suggestion(token.text, this.arms)}`, token.text);
    return token.text;
  }
}

/** Words are plain (`bound`); a name with a dash or a variant, or one that is close to an arm's name, means an arm. */
function looksLikeArm(name: string, arms: readonly string[]): boolean {
  return /[-@=]/.test(name) || nearestName(name, arms) !== undefined;
}

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { suggestion } from '../registry/nearest-name.js';

/** The exit code for arguments that are wrong. */
export const BAD_ARGUMENTS = 2;

/** The user asked for something that cannot be done; the message names the argument and the fix. */
export class BadArguments extends Error {}

/** `parseArgs`, whose mistakes are `BadArguments`: one sentence with the flag and the fix. */
export function readFlags<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new BadArguments(sentenceOf(error as NodeJS.ErrnoException, Object.keys(config.options ?? {})));
  }
}

/** Prints why a command ended early, and returns its exit code: 2 for bad arguments, else 1. */
export function tellFailure(error: unknown): number {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof BadArguments ? BAD_ARGUMENTS : 1;
}

/** Node's own sentences advise `--` and `=` where a flag is misspelt or has no value. */
function sentenceOf({ code, message }: NodeJS.ErrnoException, names: readonly string[]): string {
  const flags = names.map((name) => `--${name}`);
  const [, word = ''] = /'(?:-\w, )?([^' ]*)/.exec(message) ?? [];
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      if (flags.length === 0) return `"${word}" is too much: this command takes no such argument`;
      return `"${word}" is no flag of this command; ${suggestion(word, flags)}`;
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      if (message.includes('not take')) return `${word} takes no value; write ${word} alone`;
      return `${word} needs a value; write ${word} <value>`;
    default:
      return message;
  }
}

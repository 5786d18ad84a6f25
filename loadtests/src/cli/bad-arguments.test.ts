import { expect, test } from '@jest/globals';
import { BadArguments, readFlags } from './bad-arguments.js';

const options = {
  quick: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  seed: { type: 'string' },
} as const;

test.each([
  [['--quik'], '"--quik" is no flag of this command; did you mean "--quick"?'],
  [['--bogus'], '"--bogus" is no flag of this command; choose from --quick, --help, --seed'],
  [['more'], '"more" is no flag of this command; choose from --quick, --help, --seed'],
  [['--seed'], '--seed needs a value; write --seed <value>'],
  [['--seed', '--quick'], '--seed needs a value; write --seed <value>'],
  [['--quick=yes'], '--quick takes no value; write --quick alone'],
  [['--help=yes'], '--help takes no value; write --help alone'],
])('%j is one sentence with the flag and the fix', (args, sentence) => {
  expect(() => readFlags({ args, options })).toThrow(new BadArguments(sentence));
});

test('a command without flags refuses each word', () => {
  expect(() => readFlags({ args: ['--bogus'], options: {} })).toThrow('"--bogus" is too much');
  expect(() => readFlags({ args: ['more'], options: {} })).toThrow('"more" is too much');
});

import { expect, test } from '@jest/globals';
import { readBenchArguments } from './arguments.js';

test('without flags everything is measured', () => {
  expect(readBenchArguments([])).toEqual({ only: ['revocation', 'chat'], quick: false });
});

test('parts can be chosen', () => {
  expect(readBenchArguments(['--only', 'chat', '--quick'])).toEqual({ only: ['chat'], quick: true });
});

test('an unknown part is refused with those there are', () => {
  expect(() => readBenchArguments(['--only', 'chat,chta'])).toThrow('"chta" is unknown; choose from revocation, chat');
});

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readCommand, USAGE } from './command.js';
import { parseGatewayFile } from './gateway-file/gateway-file.js';
import { readVersion } from './version.js';

describe('command line', () => {
  test('runs the named file, or the one of GATEWAY_CONFIG', () => {
    expect(readCommand(['a.yaml'], 'b.yaml')).toEqual({ kind: 'run', path: 'a.yaml' });
    expect(readCommand([], 'b.yaml')).toEqual({ kind: 'run', path: 'b.yaml' });
  });

  test.each([[['a.yaml', '--check']], [['--check', 'a.yaml']]])('only checks with %j', (words) => {
    expect(readCommand(words, undefined)).toEqual({ kind: 'check', path: 'a.yaml' });
  });

  test.each([[['-h']], [['a.yaml', '--help']]])('explains itself with %j', (words) => {
    expect(readCommand(words, undefined).kind).toBe('help');
  });

  test.each([[[]], [['a.yaml', 'b.yaml']], [['a.yaml', '--port=1']]])('calls %j a mistake', (words) => {
    expect(readCommand(words, undefined).kind).toBe('mistake');
  });

  test.each([[['--version']], [['-v']]])('P17: tells its version with %j', (words) => {
    expect(readCommand(words, undefined)).toEqual({ kind: 'version' });
    expect(readVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('shows a file that works', async () => {
    const example = USAGE.slice(USAGE.indexOf('  listen:'));
    expect(parse(example)).toHaveProperty('listen');
    expect(await parseGatewayFile(example)).toMatchObject({ ok: true });
  });
});

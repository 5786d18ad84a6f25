import { expect, test } from '@jest/globals';
import { settingsOf } from './synthesized.fixture.js';

const read = (context: Record<string, string | undefined>) => () => settingsOf(context);

test('the stack goes where the certificate is', () => {
  expect(read({})()).toMatchObject({ account: '123456789012', region: 'eu-central-1', kafka: false });
});

test('every mistake is named at once, with its fix', () => {
  const wrong = {
    certificateArn: undefined,
    imageTag: 'latest',
    stickiness: 'source-ip',
    stickySeconds: '0',
    kafka: 'yes',
  };
  for (const name of Object.keys(wrong)) expect(read(wrong)).toThrow(`-c ${name} is "`);
  expect(read(wrong)).toThrow('give duration or application-cookie');
});

test('a scenario that the load balancer or the stack cannot run is refused by name', () => {
  expect(read({ scenario: 'ip-hash-local' })).toThrow('has no ip-hash');
  expect(read({ scenario: 'round-robin-memcached' })).toThrow('no Memcached');
  expect(read({ scenario: 'sticky' })).toThrow('name one of round-robin-local, ');
});

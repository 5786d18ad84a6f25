import { expect, test } from '@jest/globals';
import { refusedPermission } from './refused-permission.js';

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

test.each([
  ["NOPERM this user has no permissions to run the 'evalsha' command", 'EVALSHA'],
  ["NOPERM User sessions has no permissions to run the 'client|tracking' command", 'CLIENT TRACKING'],
  [
    "ERR ACL failure in script: User sessions has no permissions to run the 'time' command script: a, on @user_script:1.",
    'TIME',
  ],
  [
    "ERR The user executing the script can't run this command or subcommand script: a, on @user_script:1.",
    'a command inside a script',
  ],
  ["ERR The user executing the script can't publish to the channel mentioned in the command script: a", 'a channel'],
  ['NOPERM this user has no permissions to access one of the keys used as arguments', 'a key'],
])('S13: %s is about %s', (message, permission) => {
  expect(refusedPermission(reply(message))).toBe(permission);
});

test('S13: other errors are not about permissions', () => {
  expect(refusedPermission(reply('WRONGTYPE Operation against a key'))).toBeUndefined();
  expect(refusedPermission(new Error('NOPERM of something else'))).toBeUndefined();
});

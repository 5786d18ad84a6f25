import { expect, test } from '@jest/globals';
import { lookUntilTwoAnswered } from '../../journeys/closing-look.js';

/** A user whose list is answered by `servers` in turn, the last one for ever; at a server in `strange` it has to log in again. */
function userOf(servers: string[], strange: string[] = []) {
  const asked: string[] = [];
  return {
    asked,
    get wantsSecondOpinion() {
      return new Set(asked).size < 2;
    },
    lookClosely() {
      const server = servers[Math.min(asked.length, servers.length - 1)] ?? '';
      asked.push(server);
      return !strange.includes(server);
    },
  };
}

const never = (): boolean => false;

test('L3: the closing look goes on until two servers have answered', () => {
  const user = userOf(['a', 'a', 'a', 'b', 'a']);
  lookUntilTwoAnswered(user, never);
  expect(user.asked).toEqual(['a', 'a', 'a', 'b']);
});

test('L3: the closing look ends when one server has answered six times in agreement', () => {
  const user = userOf(['a']);
  lookUntilTwoAnswered(user, never);
  expect(user.asked).toHaveLength(6);
});

test('L3: a look that took a new login starts the count anew, and the look ends when its time is over', () => {
  const user = userOf(['a'], ['a']);
  lookUntilTwoAnswered(user, () => user.asked.length === 40);
  expect(user.asked).toHaveLength(40);
});

test('L3: a user whose todos two servers have listed does not look again', () => {
  let looks = 0;
  lookUntilTwoAnswered({ wantsSecondOpinion: false, lookClosely: () => ++looks > 0 }, never);
  expect(looks).toBe(0);
});

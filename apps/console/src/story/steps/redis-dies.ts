import { Person, type Stage, serverOf, signedOut, unreachable, worked } from '../stage.js';
import type { StoryStep } from '../step.js';

const SHARED = 'round-robin-cached';
const MEMORY = 'sticky-cookie-local';
const TRIES = 40;

export const redisDies: StoryStep = {
  title: 'Redis dies',
  scenarios: [SHARED, MEMORY],
  fleets: ['monolith', 'cached'],
  does: 'To be fair, the other side: Redis dies, the one thing that all servers share.',
  async run(stage) {
    const shared = new Person(stage, SHARED);
    const bound = new Person(stage, MEMORY);
    serverOf(await shared.signUp(), 'The sign-up');
    serverOf(await bound.signUp(), 'The sign-up');
    await stage.act('redis', 'kill', 'Redis is killed');
    const there = await shared.read(4);
    stage.note('the other system, server memory', {});
    const here = await bound.read(4);
    await stage.act('redis', 'restart', 'Redis is back');
    const back = await untilAnswered(stage, shared);
    const out = there.filter(signedOut).length;
    const nobody = out === 0 ? 'nobody was signed out' : `${out} requests were told they are signed out`;
    const after = back ? 'the login is there again' : 'the login is not there again';
    return (
      `With Redis unreachable ${count(there, unreachable)} requests failed and ${nobody}, while server memory answered ` +
      `${count(here, worked)}; Redis is back, and ${after}.`
    );
  },
};

function count<T>(all: readonly T[], test: (each: T) => boolean): string {
  return `${all.filter(test).length} of ${all.length}`;
}

/** Reads until Redis has loaded its file and the services have found it. True: the login is as before. */
async function untilAnswered(stage: Stage, person: Person): Promise<boolean> {
  for (let n = 0; n < TRIES; n++) {
    const [read] = await person.read(1);
    if (read !== undefined && !unreachable(read)) return worked(read);
    await stage.pause();
  }
  return false;
}

import { Person, serverOf, signedOut, worked } from '../stage.js';
import type { StoryStep } from '../step.js';

const VICTIMS = ['auth-1', 'todo-2', 'chat-2'];

export const anyServerDies: StoryStep = {
  title: 'Sessions in Redis',
  scenarios: ['round-robin-cached'],
  fleets: ['cached'],
  does: 'Sessions and todos move to Redis, and then three servers die: one of each service.',
  async run(stage) {
    const you = new Person(stage, 'round-robin-cached');
    serverOf(await you.signUp(), 'The sign-up');
    await you.addTodo('Moor the boat');
    await you.addTodo('Check the tide table');
    for (const id of VICTIMS) await stage.act(id, 'kill', `${id} is killed`);
    const reads = await you.read(6);
    const good = reads.filter((read) => worked(read) && you.missingFrom(read) === 0).length;
    const out = reads.filter(signedOut).length;
    if (good === reads.length)
      return `All ${good} requests were answered in full: any server that is left can read your session.`;
    return `${good} of ${reads.length} requests were answered in full, and you were signed out in ${out}.`;
  },
};

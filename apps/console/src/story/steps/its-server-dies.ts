import { Person, serverOf, serversOf, signedOut } from '../stage.js';
import type { StoryStep } from '../step.js';

export const itsServerDies: StoryStep = {
  title: 'Its server dies',
  scenarios: ['sticky-cookie-local'],
  fleets: ['monolith'],
  does: 'You save two todos, and then the server that your cookie names is killed.',
  async run(stage) {
    const you = new Person(stage, 'sticky-cookie-local');
    const home = serverOf(await you.signUp(), 'The sign-up');
    await you.addTodo('Moor the boat');
    await you.addTodo('Check the tide table');
    await you.read(1);
    await stage.act(home, 'kill', `${home} is killed`);
    const reads = await you.read(4);
    const last = reads.at(-1);
    const [heir] = serversOf(reads);
    if (last === undefined || heir === undefined) return `${home} is dead, and no server answers any more.`;
    if (!signedOut(last)) return `${heir} answers in its place, and you are still signed in.`;
    return `${heir} answers in its place and does not know you: your login and ${you.missingFrom(last)} todos died with ${home}.`;
  },
};

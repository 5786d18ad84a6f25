import { Person, serverOf, serversOf, signedOut } from '../stage.js';
import { type StoryStep, times } from '../step.js';

export const secondServer: StoryStep = {
  title: 'A second server',
  scenarios: ['round-robin-local'],
  fleets: ['monolith'],
  servers: 2,
  does: 'A second server starts, and requests go to each of them in turn.',
  async run(stage) {
    const you = new Person(stage, 'round-robin-local');
    const home = serverOf(await you.signUp(), 'The sign-up');
    const reads = await you.read(6);
    const lost = reads.filter(signedOut);
    const [other] = serversOf(lost);
    if (other === undefined) return `${home} answered every time, so nothing was lost yet: run this step again.`;
    return `${home} knows you and ${other} does not: you were signed out ${times(lost.length)} in ${reads.length} requests.`;
  },
};

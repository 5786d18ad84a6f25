import { Person, serverOf, signedOut, worked } from '../stage.js';
import { type StoryStep, times } from '../step.js';

export const oneServer: StoryStep = {
  title: 'One server',
  scenarios: ['round-robin-local'],
  fleets: ['monolith'],
  servers: 1,
  does: 'One server keeps your login and your todos in its own memory.',
  async run(stage) {
    const you = new Person(stage, 'round-robin-local');
    const first = await you.signUp();
    const server = serverOf(first, 'The sign-up');
    const answers = [first, await you.addTodo('Moor the boat'), ...(await you.read(5))];
    const good = answers.filter(worked).length;
    if (good === answers.length) return `${server} answered all ${good} requests, and nothing was lost.`;
    return `${server} answered ${good} of ${answers.length} requests, and signed you out ${times(answers.filter(signedOut).length)}.`;
  },
};

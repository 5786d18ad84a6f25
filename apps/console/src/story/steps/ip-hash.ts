import { Person, serverOf, serversOf, worked } from '../stage.js';
import type { StoryStep } from '../step.js';

export const ipHash: StoryStep = {
  title: 'IP hash',
  scenarios: ['ip-hash-local'],
  fleets: ['monolith'],
  does: 'Now your address decides which server you get.',
  async run(stage) {
    const you = new Person(stage, 'ip-hash-local');
    const first = await you.signUp();
    const home = serverOf(first, 'The sign-up');
    const answers = [first, await you.addTodo('Check the tide table'), ...(await you.read(6))];
    const good = answers.filter(worked).length;
    const all = serversOf(answers).length === 1 ? `${home} answered every time` : 'More than one server answered';
    if (good === answers.length) return `${all}, and you stayed signed in for ${good} requests.`;
    return `${all}, and ${good} of ${answers.length} requests worked.`;
  },
};

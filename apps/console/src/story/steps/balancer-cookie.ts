import { Person, serverOf, serversOf, worked } from '../stage.js';
import type { StoryStep } from '../step.js';

export const balancerCookie: StoryStep = {
  title: 'The balancer’s cookie',
  scenarios: ['sticky-cookie-local'],
  fleets: ['monolith'],
  does: 'The balancer gives your browser a cookie that names a server, and your address changes with every request.',
  async run(stage) {
    const you = new Person(stage, 'sticky-cookie-local');
    const home = serverOf(await you.signUp(), 'The sign-up');
    const reads = await you.read(6, (n) => ({ address: `203.0.113.${n + 1}` }));
    const good = reads.filter(worked).length;
    const servers = serversOf(reads);
    if (servers.length === 1 && good === reads.length) {
      return `All ${good} requests still reached ${home}, so you stayed signed in.`;
    }
    return `${servers.join(' and ')} answered, and ${good} of ${reads.length} requests worked.`;
  },
};

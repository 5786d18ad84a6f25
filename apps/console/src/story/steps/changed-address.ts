import { Person, serverOf, serversOf, signedOut } from '../stage.js';
import type { StoryStep } from '../step.js';

const OFFICE = '198.51.100.7';
const COLLEAGUES = 5;
/** Addresses of the train's network, one after the other: one of the first few leads to another server. */
const ON_THE_TRAIN = Array.from({ length: 12 }, (_, n) => `203.0.113.${n + 1}`);

export const changedAddress: StoryStep = {
  title: 'One office, then a train',
  scenarios: ['ip-hash-local'],
  fleets: ['monolith'],
  does: `You and ${COLLEAGUES} colleagues sign up from one office address (NAT), then you leave by train and your address changes.`,
  async run(stage) {
    const colleagues = [];
    for (let n = 0; n < COLLEAGUES; n++) {
      colleagues.push(await new Person(stage, 'ip-hash-local').signUp({ address: OFFICE, stranger: true }));
    }
    const you = new Person(stage, 'ip-hash-local');
    const first = await you.signUp({ address: OFFICE });
    const home = serverOf(first, 'The sign-up');
    const servers = serversOf([...colleagues, first]);
    const crowd =
      servers.length === 1 ? `All of you were sent to ${home}` : `You were sent to ${servers.join(' and ')}`;
    for (const address of ON_THE_TRAIN) {
      const [read] = await you.read(1, () => ({ address }));
      if (read !== undefined && signedOut(read)) {
        return `${crowd} and no other server; from ${address} you get ${read.servedBy}, which does not know you.`;
      }
    }
    return `${crowd}; of ${ON_THE_TRAIN.length} new addresses every one led to the same server.`;
  },
};

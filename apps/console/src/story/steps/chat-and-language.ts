import { AdminError } from '../../admin/admin-client.js';
import { Person, type Stage, StoryStopped, serverOf, worked } from '../stage.js';
import type { StoryStep } from '../step.js';

const SCENARIO = 'round-robin-cached';
const UPSTREAM = `${SCENARIO}-chat`;
const MOST_SOCKETS = 4;

export const chatAndLanguage: StoryStep = {
  title: 'Chat, and a second language',
  scenarios: [SCENARIO],
  fleets: ['cached'],
  does: 'Two of your windows chat through different servers, and a program in another language reads your session.',
  async run(stage) {
    const you = new Person(stage, SCENARIO);
    serverOf(await you.signUp(), 'The sign-up');
    const chat = await chatAcross(stage);
    return `${chat}, and ${await inAnotherLanguage(stage, you)}.`;
  },
};

/** Opens sockets until they are on two servers; the balancer may choose the same one twice. */
async function chatAcross(stage: Stage): Promise<string> {
  const servers: string[] = [];
  try {
    while (servers.length < MOST_SOCKETS && (servers.length < 2 || servers.at(-1) === servers[0])) {
      const before = await stage.sockets(UPSTREAM);
      if ((await stage.chat(SCENARIO, { type: 'open' })) === null) throw new StoryStopped('The chat does not answer.');
      const after = await stage.sockets(UPSTREAM);
      const taker = [...after].find(([id, count]) => count > (before.get(id) ?? 0))?.[0];
      servers.push(taker ?? 'a server');
      if (taker !== undefined) stage.note(`a window is connected to ${taker}`, { [taker]: 'a window' });
    }
    const heardMs = await stage.chat(SCENARIO, { type: 'say', text: `ahoy ${crypto.randomUUID().slice(0, 4)}` });
    const [from] = servers;
    const to = servers.at(-1);
    return heardMs === null
      ? `What ${from} was told did not arrive at ${to}`
      : `What ${from} was told, ${to} said ${Math.max(1, Math.round(heardMs))} ms later`;
  } finally {
    await stage.chat(SCENARIO, { type: 'hang-up' });
  }
}

const LANGUAGES: Readonly<Record<string, string>> = { php: 'PHP', python: 'Python' };

/** The reader of another language runs only while it is asked. */
async function inAnotherLanguage(stage: Stage, you: Person): Promise<string> {
  try {
    await stage.scale('reader', 1, 'reader', 'a server in another language starts');
  } catch (error) {
    if (!(error instanceof AdminError) || error.code !== 'unknown_app') throw error;
    return 'no second language reads it here, for want of PHP or Python with its Redis client (apt-get install php-cli php-redis)';
  }
  const answer = await stage.ask(SCENARIO, 'who am I', { method: 'GET', path: '/me' });
  const { user } = (answer.body ?? {}) as { user?: { name?: string } };
  if (!worked(answer) || user?.name !== you.name)
    return `the other language answered ${answer.status} (${answer.code})`;
  const [language = ''] = (answer.servedBy ?? '').split('-');
  return `${LANGUAGES[language] ?? language} found “${user.name}” by the same cookie in the same Redis`;
}

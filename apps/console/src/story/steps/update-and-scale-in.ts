import { Person, type Stage, serverOf, signedOut } from '../stage.js';
import { type StoryStep, times } from '../step.js';

const SCENARIO = 'sticky-cookie-local';

export const updateAndScaleIn: StoryStep = {
  title: 'An update, and a quiet evening',
  scenarios: [SCENARIO],
  fleets: ['monolith'],
  servers: 2,
  does: 'Nothing fails: a server is updated, and in the evening one is no longer needed.',
  async run(stage) {
    const you = new Person(stage, SCENARIO);
    const home = serverOf(await you.signUp(), 'The sign-up');
    // Scaling in ends the server with the highest number. If that one is yours it goes first; the other one takes over, either way.
    const scaleInFirst = isLast(home);
    let out: number = await liveThrough(stage, you, scaleInFirst ? scaleIn(stage, home) : update(stage, home));
    if (scaleInFirst) await stage.scale('monolith', 2, 'monolith', 'a second server is back');
    const [read] = await you.read(1);
    const next = read?.servedBy ?? 'the other server';
    out += await liveThrough(stage, you, scaleInFirst ? update(stage, next) : scaleIn(stage, next));
    return `No server crashed, and you were signed out ${times(out)}: whatever ends a server ends the logins in its memory.`;
  },
};

/** Reads on while it is done, as a user would. Resolves to 1 if that cost the login, else to 0. */
async function liveThrough(stage: Stage, you: Person, deed: Promise<void>): Promise<0 | 1> {
  let isDone = false;
  const done = deed.finally(() => {
    isDone = true;
  });
  // It is awaited below; a failure meanwhile is no unhandled one.
  done.catch(() => undefined);
  let out: 0 | 1 = 0;
  for (let last = false; out === 0 && !last; ) {
    last = isDone;
    if ((await you.read(1)).some(signedOut)) out = 1;
    else await stage.pause();
  }
  // Signed in while the server is away, the user is with the other one from now on.
  if (out === 1) serverOf(await you.signIn(), 'The new sign-in');
  await done;
  return out;
}

function isLast(server: string): boolean {
  return server.endsWith('-2');
}

async function update(stage: Stage, server: string): Promise<void> {
  await stage.act(server, 'restart', `${server} is updated`);
}

async function scaleIn(stage: Stage, server: string): Promise<void> {
  await stage.scale('monolith', 1, 'monolith', `${server} is no longer needed`);
}

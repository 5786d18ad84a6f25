import type { Verdict } from '../results/results.js';
import { verdictWord } from './words.js';

/** The claim without measurements of its own: it follows from the others. */
export const CLAIM_OF_CONCLUSION = 23;

/** A rule's sentence that a conclusion rests on, and the experiment that has it. */
interface Ground {
  readonly experiment: string;
  readonly say: string;
}

export interface Conclusion {
  readonly say: string;
  /** null: cannot be told. */
  readonly holds: boolean | null;
  readonly because: string;
  readonly restsOn: readonly (Ground & {
    /** Undefined when the sentence was not measured. */
    readonly verdict: Verdict | undefined;
  })[];
}

const STICKY_LOSES = [
  {
    experiment: 'crash',
    say: 'When a server dies, sticky server memory loses the login of every user of that server, and of nobody else.',
  },
  { experiment: 'deploy-at-once', say: 'An update logs out everyone whose session is in server memory.' },
  {
    experiment: 'deploy-drained',
    say: 'Draining does not save sessions in server memory when users stay longer than the update waits.',
  },
  {
    experiment: 'scale-in',
    say: 'Scaling in logs out exactly the users of the server that goes when sessions are in server memory.',
  },
] as const;

const STORE_KEEPS = [
  {
    experiment: 'crash',
    say: 'A session store shared through Redis loses no login and no todo, whether or not a server dies.',
  },
  { experiment: 'deploy-at-once', say: 'An update over a shared store loses no login and no todo.' },
  { experiment: 'scale-in', say: 'Scaling in over a shared store loses no login and no todo.' },
] as const;

const REDIS_KEEPS = {
  experiment: 'redis-crash',
  say: 'A Redis that crashes and restarts with its append-only file logs nobody out.',
} as const;

/** Conclusions with their grounds: each holds when all of its grounds do. */
export const CONCLUSIONS: readonly { readonly say: string; readonly restsOn: readonly Ground[] }[] = [
  {
    say: 'Usually take the store; sticky is a band-aid.',
    restsOn: [
      ...STICKY_LOSES,
      ...STORE_KEEPS,
      REDIS_KEEPS,
      {
        experiment: 'effort',
        say: 'No session store needs more than thirty changed lines in a plain Express app.',
      },
    ],
  },
  {
    say: 'Sticky routing suffices as long as no server goes and every client keeps its cookie.',
    restsOn: [
      { experiment: 'crash', say: 'Sticky routing keeps every login and todo while all servers live.' },
      { experiment: 'calm', say: "The balancer's cookie keeps every client on its server." },
      { experiment: 'scale-out', say: "Doubling the servers behind the balancer's cookie logs nobody out." },
    ],
  },
  {
    say: 'A store is needed where a server may crash, be updated or be taken away while users are logged in.',
    restsOn: [...STICKY_LOSES, ...STORE_KEEPS],
  },
  {
    say: "A store is needed where clients do not keep the balancer's cookie.",
    restsOn: [
      {
        experiment: 'no-cookies',
        say: "Sticky server memory logs out every client that drops the balancer's cookie.",
      },
      {
        experiment: 'no-cookies',
        say: "Sticky routing on a shared store loses nothing of a client that drops the balancer's cookie.",
      },
    ],
  },
  {
    say: 'Both are needed where sessions are shared and other state stays in server memory, which is lost with its server.',
    restsOn: [
      {
        experiment: 'crash',
        say: 'With a shared session and todos in server memory, users stay logged in while their todos come and go.',
      },
      {
        experiment: 'crash',
        say: 'Sticky routing keeps every todo that is in server memory while all servers live, and a shared session every login.',
      },
      { experiment: 'deploy-at-once', say: 'An update takes todos that are in server memory.' },
    ],
  },
  {
    say: 'Where all state is in the store, sticky routing may be added and need not be.',
    restsOn: [
      STORE_KEEPS[0],
      {
        experiment: 'crash',
        say: 'On a shared store sticky routing is an optimisation that loses nothing when a server dies.',
      },
    ],
  },
  {
    say: 'A store moves the risk to Redis, which needs an append-only file.',
    restsOn: [
      REDIS_KEEPS,
      {
        experiment: 'redis-without-aof',
        say: 'A Redis that crashes without an append-only file logs everyone out who is on a shared store.',
      },
      { experiment: 'redis-without-aof', say: 'Sticky server memory does not notice that Redis lost everything.' },
    ],
  },
];

/**
 * The conclusions from these verdicts. A conclusion holds when all of its grounds hold, and does not when one of them does not;
 * otherwise it cannot be told, and `because` names the experiments that would tell it.
 */
export function concludeFrom(verdicts: readonly Verdict[]): Conclusion[] {
  return CONCLUSIONS.map(({ say, restsOn }) => {
    const grounds = restsOn.map((ground) => ({
      ...ground,
      verdict: verdicts.find(({ claim, experiment }) => claim === ground.say && experiment === ground.experiment),
    }));
    return { say, ...outcomeOf(grounds), restsOn: grounds };
  });
}

/** The conclusions with at least one measured ground: a run of one experiment need not list all the others. */
export function conclusionsOf(verdicts: readonly Verdict[]): Conclusion[] {
  return concludeFrom(verdicts).filter(({ restsOn }) => restsOn.some(({ verdict }) => verdict !== undefined));
}

/** Conclusions as Markdown, each with its grounds. */
export function conclusionLines(conclusions: readonly Conclusion[]): string[] {
  return conclusions.flatMap(({ say, holds, because, restsOn }) => [
    `- **${verdictWord({ holds })}:** ${say} ${because}.`,
    ...restsOn.map(
      ({ experiment, say: ground, verdict }) => `  - ${groundWord(verdict)}: ${ground} (\`${experiment}\`)`,
    ),
  ]);
}

export function groundWord(verdict: Verdict | undefined): string {
  return verdict === undefined ? 'Not measured' : verdictWord(verdict);
}

function outcomeOf(grounds: Conclusion['restsOn']): Pick<Conclusion, 'holds' | 'because'> {
  const of = `of the ${grounds.length} sentences that it rests on`;
  const refuting = grounds.filter(({ verdict }) => verdict?.holds === false);
  if (refuting.length > 0)
    return { holds: false, because: `${refuting.length} ${of} ${refuting.length === 1 ? 'does' : 'do'} not hold` };
  const open = grounds.filter(({ verdict }) => verdict === undefined || verdict.holds === null);
  if (open.length === 0) return { holds: true, because: `All ${grounds.length} sentences that it rests on hold` };
  const experiments = [...new Set(open.map(({ experiment }) => experiment))].join(' ');
  const command = `decide it with: npm run lab -- run ${experiments}`;
  return {
    holds: null,
    because: `${open.length} ${of} ${open.length === 1 ? 'was' : 'were'} not measured or cannot be told; ${command}`,
  };
}

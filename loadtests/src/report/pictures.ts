import type { System } from '@holdfast/infra';
import type { Experiment, Results } from '../results/results.js';
import { crashOf, pooled } from './runs-of-experiment.js';
import { describe, type SharesPicture, sharesPicture } from './shares-picture.js';

type Measured = Pick<Results, 'experiments' | 'runs'>;

interface Picture {
  /** The file's name in docs/images. */
  readonly file: string;
  readonly title: string;
  /** The number of the claim that it stands under. */
  readonly claim: number;
  /** What is counted, by its heading. */
  readonly counts: Readonly<Record<string, Count>>;
  readonly arms: readonly string[];
}

interface Count {
  readonly measure: string;
  readonly experiment: (results: Measured) => Experiment | undefined;
  readonly phase?: 'before' | 'after';
}

const named =
  (wanted: string) =>
  ({ experiments }: Measured): Experiment | undefined =>
    experiments.find(({ name }) => name === wanted);

/** The usual three pictures: another server rejects you, todos come and go, a server dies. */
const PICTURES: readonly Picture[] = [
  {
    ...{ file: 'another-server.svg', title: 'Another server answers: who is logged out?', claim: 1 },
    counts: {
      'Users logged out while every server lives': { measure: 'loggedOut', experiment: crashOf, phase: 'before' },
    },
    arms: [
      ...['round-robin-local', 'ip-hash-local', 'sticky-cookie-local'],
      ...['round-robin-connect-redis', 'round-robin-cached', 'sticky-cookie-cached'],
    ],
  },
  {
    ...{ file: 'todos-come-and-go.svg', title: 'The session is shared, the todos are not', claim: 2 },
    counts: {
      'Users logged out': { measure: 'loggedOut', experiment: named('local-todos') },
      'Lists that lack a todo which was acknowledged': { measure: 'todosMissing', experiment: named('local-todos') },
      'Chat messages that did not reach a member of the room': {
        measure: 'chatMissing',
        experiment: named('local-todos-chat'),
      },
    },
    arms: ['round-robin-local-todos', 'sticky-cookie-local-todos', 'round-robin-cached'],
  },
  {
    ...{ file: 'server-killed.svg', title: 'One of three servers is killed', claim: 9 },
    counts: {
      'Users logged out': { measure: 'loggedOut', experiment: crashOf, phase: 'after' },
      'Todos lost': { measure: 'todosLost', experiment: crashOf, phase: 'after' },
    },
    arms: [
      ...['ip-hash-local', 'sticky-cookie-local', 'sticky-cookie-local-todos'],
      ...['round-robin-connect-redis', 'round-robin-cached', 'sticky-cookie-cached'],
    ],
  },
];

/** A picture that was drawn from results. */
export interface DrawnPicture {
  readonly file: string;
  readonly claim: number;
  readonly svg: string;
  /** Its title and figures in words, for Markdown. */
  readonly alt: string;
}

/** The pictures of docs/images that these results have something to show for. */
export function drawPictures(results: Measured, scenarios: System['scenarios']): DrawnPicture[] {
  return PICTURES.flatMap((picture) => {
    const groups = groupsOf(picture, results, scenarios);
    if (groups.length === 0) return [];
    const { file, claim, title } = picture;
    return [
      {
        file,
        claim,
        svg: sharesPicture({ title, groups }),
        alt: `${title}${title.endsWith('?') ? '' : '.'} ${describe(groups)}`,
      },
    ];
  });
}

function groupsOf(
  { counts, arms }: Picture,
  results: Measured,
  scenarios: System['scenarios'],
): SharesPicture['groups'] {
  return Object.entries(counts).flatMap(([title, { measure, experiment: find, phase }]) => {
    const experiment = find(results);
    const rows = arms.flatMap((arm) => {
      const count = experiment && pooled(experiment, results.runs, arm, measure, phase);
      if (count === undefined || count.of === 0) return [];
      return [{ label: scenarios[arm]?.title ?? arm, hit: count.hit, of: count.of }];
    });
    return rows.length === 0 ? [] : [{ title, rows }];
  });
}

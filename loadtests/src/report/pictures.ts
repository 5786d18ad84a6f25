import type { System } from '@holdfast/infra';
import type { Counted, Results } from '../results/results.js';
import { crashOf, pooled } from './runs-of-experiment.js';
import { describe, type SharesPicture, sharesPicture } from './shares-picture.js';

type Measured = Pick<Results, 'experiments' | 'runs'>;

interface Picture {
  /** The file's name in docs/images. */
  readonly file: string;
  readonly title: string;
  /** The number of the claim that it stands under. */
  readonly claim: number;
  readonly experiment: (results: Measured) => Results['experiments'][number] | undefined;
  readonly phase?: 'before' | 'after';
  /** What is counted, by its heading. */
  readonly measures: Readonly<Record<string, string>>;
  readonly arms: readonly string[];
}

/** The usual three pictures: another server rejects you, todos come and go, a server dies. */
const PICTURES: readonly Picture[] = [
  {
    ...{ file: 'another-server.svg', title: 'Another server answers: who is logged out?', claim: 1 },
    ...{ experiment: crashOf, phase: 'before' },
    measures: { 'Users logged out while every server lives': 'loggedOut' },
    arms: [
      ...['round-robin-local', 'ip-hash-local', 'sticky-cookie-local'],
      ...['round-robin-connect-redis', 'round-robin-cached', 'sticky-cookie-cached'],
    ],
  },
  {
    ...{ file: 'todos-come-and-go.svg', title: 'The session is shared, the todos are not', claim: 2 },
    experiment: ({ experiments }) => experiments.find(({ name }) => name === 'local-todos'),
    measures: {
      'Users logged out': 'loggedOut',
      'Lists that lack a todo which was acknowledged': 'todosMissing',
      'Chat messages that did not arrive': 'chatLost',
    },
    arms: ['round-robin-local-todos', 'sticky-cookie-local-todos', 'round-robin-cached'],
  },
  {
    ...{ file: 'server-killed.svg', title: 'One of three servers is killed', claim: 9 },
    ...{ experiment: crashOf, phase: 'after' },
    measures: { 'Users logged out': 'loggedOut', 'Todos lost': 'todosLost' },
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
    if (groups.every(({ rows }) => rows.length === 0)) return [];
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

function groupsOf(picture: Picture, results: Measured, scenarios: System['scenarios']): SharesPicture['groups'] {
  const experiment = picture.experiment(results);
  const counted = (arm: string, measure: string): Counted | undefined =>
    experiment && pooled(experiment, results.runs, arm, measure, picture.phase);
  return Object.entries(picture.measures).map(([title, measure]) => ({
    title,
    rows: picture.arms.flatMap((arm) => {
      const count = counted(arm, measure);
      if (count === undefined || count.of === 0) return [];
      return [{ label: scenarios[arm]?.title ?? arm, hit: count.hit, of: count.of }];
    }),
  }));
}

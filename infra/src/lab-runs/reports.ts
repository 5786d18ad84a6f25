import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Newest reports that a list has. */
const MOST_REPORTS = 20;
/** The name of a folder of results: a moment, without signs that a path could be made of. */
const STAMP = /^[0-9A-Za-z-]{1,64}$/;

const perSecond = z.object({ requests: z.array(z.number()), errors: z.array(z.number()), losses: z.array(z.number()) });

/** What is read of a results.json; docs/lab.md describes all of it. */
const results = z.object({
  startedAt: z.string(),
  command: z.string(),
  finished: z.boolean(),
  experiments: z.array(z.object({ name: z.string(), question: z.string() })),
  verdicts: z.array(z.object({ claim: z.string(), holds: z.boolean().nullable(), because: z.string() })),
  runs: z.array(
    z.object({
      ...{ arm: z.string(), fault: z.string(), phase: z.string(), block: z.number(), valid: z.boolean() },
      ...{ users: z.number(), loggedOut: z.number(), todosAcknowledged: z.number(), todosLost: z.number() },
      ...{ requests: z.number(), failedRequests: z.number(), p99Ms: z.number() },
      disturbances: z.array(z.object({ id: z.string(), target: z.string(), atSeconds: z.number() })),
      perSecond: perSecond.optional(),
    }),
  ),
});

/** The results of one comparison, as far as the page shows them. */
export interface Report extends z.infer<typeof results> {
  /** The name of its folder, which is the moment it began. */
  readonly id: string;
}

/** The reports below `loadtests/results`. */
export class Reports {
  private readonly read = new Map<string, { readonly changedMs: number; readonly report: Report }>();

  constructor(private readonly folder: string) {}

  /** The newest reports, newest first, without their runs. A folder without readable results is left out. */
  async list(): Promise<readonly Omit<Report, 'runs'>[]> {
    const ids = (await readdir(this.folder).catch(() => [])).filter((name) => STAMP.test(name)).sort();
    const reports = await Promise.all(
      ids
        .reverse()
        .slice(0, MOST_REPORTS)
        .map((id) => this.find(id)),
    );
    return reports.flatMap((report) => {
      if (report === undefined) return [];
      const { runs: _, ...rest } = report;
      return [rest];
    });
  }

  /** One report with its runs; undefined if there is none that can be read. */
  async find(id: string): Promise<Report | undefined> {
    if (!STAMP.test(id)) return undefined;
    const path = join(this.folder, id, 'results.json');
    try {
      const { mtimeMs: changedMs } = await stat(path);
      const known = this.read.get(id);
      if (known?.changedMs === changedMs) return known.report;
      const report = { id, ...results.parse(JSON.parse(await readFile(path, 'utf8'))) };
      this.read.set(id, { changedMs, report });
      return report;
    } catch {
      return undefined;
    }
  }

  /** The newest report that began at `since` or later. */
  async newestSince(since: Date): Promise<Report | undefined> {
    const stamp = since.toISOString().replace(/[:.]/g, '-');
    const ids = (await readdir(this.folder).catch(() => [])).filter((name) => STAMP.test(name) && name >= stamp).sort();
    const newest = ids.at(-1);
    return newest === undefined ? undefined : this.find(newest);
  }

  /** The page that the lab drew; undefined if there is none. */
  async html(id: string): Promise<string | undefined> {
    if (!STAMP.test(id)) return undefined;
    return readFile(join(this.folder, id, 'report.html'), 'utf8').catch(() => undefined);
  }
}

import { z } from 'zod';
import type { AdminClient } from '../admin/admin-client.js';

const experiment = z.object({ name: z.string(), question: z.string(), set: z.enum(['quick', 'standard', 'deep']) });
export type Experiment = z.infer<typeof experiment>;

const reportHead = z.object({
  id: z.string(),
  startedAt: z.string(),
  command: z.string(),
  finished: z.boolean(),
  experiments: z.array(z.object({ name: z.string(), question: z.string() })),
  verdicts: z.array(z.object({ claim: z.string(), holds: z.boolean().nullable(), because: z.string() })),
});
export type ReportHead = z.infer<typeof reportHead>;

const perSecond = z.object({
  requests: z.array(z.number()),
  errors: z.array(z.number()),
  losses: z.array(z.number()),
});
const disturbances = z.array(z.object({ id: z.string(), target: z.string(), atSeconds: z.number() }));

const liveRun = z.object({ perSecond, disturbances });
/** A run, second by second. */
export type LiveRun = z.infer<typeof liveRun>;

const labRunEntry = z.object({
  ...{ arm: z.string(), fault: z.string(), phase: z.string(), block: z.number(), valid: z.boolean() },
  ...{ users: z.number(), loggedOut: z.number(), todosAcknowledged: z.number(), todosLost: z.number() },
  ...{ requests: z.number(), failedRequests: z.number(), p99Ms: z.number() },
  disturbances,
  perSecond: perSecond.optional(),
});
/** One arm in one block, as its users counted it. */
export type RunEntry = z.infer<typeof labRunEntry>;

const report = reportHead.extend({ runs: z.array(labRunEntry) });
export type Report = z.infer<typeof report>;

const labRun = z.object({
  experiment: z.string(),
  startedAt: z.string(),
  state: z.enum(['running', 'stopping', 'done', 'stopped', 'failed']),
  progress: z.object({ done: z.number(), of: z.number(), left: z.string().nullable(), doing: z.string() }).nullable(),
  lines: z.array(z.string()),
  live: liveRun.nullable(),
  report: report.nullable(),
});
export type LabRun = z.infer<typeof labRun>;

const runAnswer = z.object({ run: labRun.nullable() });

/** The lab's part of the admin API; every call rejects with `AdminError` alone. */
export class LabClient {
  constructor(
    private readonly admin: AdminClient,
    private readonly adminUrl: string,
  ) {}

  async experiments(): Promise<readonly Experiment[]> {
    const shape = z.object({ experiments: z.array(experiment) });
    return (await this.admin.call('GET', '/lab/experiments', shape)).experiments;
  }

  /** The experiment that runs, or the last one; null if there was none since the system started. */
  async run(): Promise<LabRun | null> {
    return (await this.admin.call('GET', '/lab/runs', runAnswer)).run;
  }

  async start(name: string): Promise<LabRun | null> {
    return (await this.admin.call('POST', '/lab/runs', runAnswer, { experiment: name })).run;
  }

  /** Resolves once the experiment and all it started has ended. */
  async stop(): Promise<LabRun | null> {
    return (await this.admin.call('POST', '/lab/runs/stop', runAnswer)).run;
  }

  async reports(): Promise<readonly ReportHead[]> {
    return (await this.admin.call('GET', '/lab/reports', z.object({ reports: z.array(reportHead) }))).reports;
  }

  report(id: string): Promise<Report> {
    return this.admin.call('GET', `/lab/reports/${encodeURIComponent(id)}`, report);
  }

  /** The address of the report as the lab drew it. */
  pageOf(id: string): string {
    return `${this.adminUrl}/lab/reports/${encodeURIComponent(id)}/report.html`;
  }
}

import type { Deadlines } from '../deadlines.js';
import type { ProbeResult, StartProbe } from './probe.js';
import { ProbeRecord } from './probe-record.js';

/** The settings of `health` that a prober uses. */
export interface ProbeRule {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
  /** `false`: probes come at their interval alone, and a destination is up until enough of them failed. */
  readonly eager: boolean;
}

/** A change that a prober reports, once, when it happens. */
export type ProbeVerdict = 'slow' | 'prompt' | 'down' | 'up';

/** A probe without an answer after this long makes its destination slow: no new clients, bound ones stay (decision 0006). */
const SLOW_AFTER_MS = 200;
/** While a request waits and nothing comes back, a destination is asked at least this often. */
const SUSPICION_MS = 200;
/** A destination that is down is asked at least this often, so that its recovery is noticed soon. */
const RECOVERY_INTERVAL_MS = 500;
/** At most this many probes are open at a time for a destination that is down and silent. */
const MAX_OPEN_WHILE_DOWN = 10;

interface OpenProbe {
  readonly slowAtMs: number;
  readonly failsAtMs: number;
  late: boolean;
  cancel: () => void;
}

/**
 * Probes one destination. A late answer makes it slow, `unhealthyAfter` failures in a row make it down. While a late probe is
 * still open the next one is sent, so a frozen destination is down soon after `timeoutMs`. A destination that answers every
 * probe within `timeoutMs` is never down.
 */
export class Prober {
  slow = false;
  private readonly record: ProbeRecord;
  private readonly open = new Set<OpenProbe>();
  private nextMs = Number.NEGATIVE_INFINITY;
  private sentMs = Number.NEGATIVE_INFINITY;
  /** The reason of a failed probe while the next one, sent at once, may decide within milliseconds. */
  private suspicion: string | null = null;
  private stopped = false;

  constructor(
    private readonly rule: ProbeRule,
    private readonly start: StartProbe,
    private readonly deadlines: Deadlines,
    private readonly found: (verdict: ProbeVerdict, because: string) => void,
  ) {
    this.record = new ProbeRecord(rule.unhealthyAfter, rule.healthyAfter);
  }

  get up(): boolean {
    return this.record.up;
  }

  /** `silent`: a request waits there and nothing comes back. */
  tick(nowMs: number, silent: boolean): void {
    if (this.stopped) return;
    const { eager, timeoutMs } = this.rule;
    if (this.suspicion !== null) this.becomeSlow(this.suspicion);
    this.suspicion = null;
    for (const probe of [...this.open]) {
      if (this.deadlines.hasPassed(probe.failsAtMs)) {
        probe.cancel();
        this.settle(probe, { ok: false, because: `no answer within ${timeoutMs} ms` });
      } else if (!probe.late && this.deadlines.hasPassed(probe.slowAtMs)) {
        probe.late = true;
        this.becomeSlow('its health check is late');
      }
    }
    const due = nowMs >= this.nextMs || (eager && silent && nowMs - this.sentMs >= SUSPICION_MS);
    if (this.open.size === 0 || !eager ? due : this.mayFollowUp(due)) this.send();
  }

  /** Probes at once, unless a probe is open. Called when there is a sign that the destination may be down. */
  ask(): void {
    if (this.open.size === 0 && this.rule.eager) this.send();
  }

  stop(): void {
    this.stopped = true;
    for (const probe of this.open) probe.cancel();
    this.open.clear();
  }

  private mayFollowUp(due: boolean): boolean {
    for (const probe of this.open) if (!probe.late) return false;
    return this.up ? this.open.size < this.rule.unhealthyAfter : due && this.open.size < MAX_OPEN_WHILE_DOWN;
  }

  private send(): void {
    if (this.stopped) return;
    const { nowMs } = this.deadlines;
    this.sentMs = nowMs;
    this.planNext(nowMs);
    const probe: OpenProbe = {
      slowAtMs: this.deadlines.in(SLOW_AFTER_MS),
      failsAtMs: this.deadlines.in(this.rule.timeoutMs),
      late: false,
      cancel: () => {},
    };
    this.open.add(probe);
    probe.cancel = this.start((result) => this.settle(probe, result));
  }

  private planNext(nowMs: number): void {
    const { intervalMs, eager } = this.rule;
    this.nextMs = nowMs + (this.up || !eager ? intervalMs : Math.min(intervalMs, RECOVERY_INTERVAL_MS));
  }

  private settle(probe: OpenProbe, result: ProbeResult): void {
    if (!this.open.delete(probe) || this.stopped) return;
    if (!result.ok && result.unasked === true) return;
    const changed = this.record.add(result.ok);
    if (result.ok) {
      const wasSlow = this.slow;
      this.suspicion = null;
      this.slow = false;
      if (changed) this.found('up', 'its health check passed');
      else if (wasSlow && this.up) this.found('prompt', 'its health check passed');
      return;
    }
    if (changed) {
      this.suspicion = null;
      this.planNext(this.deadlines.nowMs);
      this.found('down', result.because);
      return;
    }
    if (!this.up || !this.rule.eager) return;
    this.suspicion = result.because;
    // Requests may fail until the verdict, so the next probe is sent at once.
    if (this.open.size < this.rule.unhealthyAfter) this.send();
  }

  private becomeSlow(because: string): void {
    if (this.slow || !this.up || !this.rule.eager) return;
    this.slow = true;
    this.found('slow', because);
  }
}

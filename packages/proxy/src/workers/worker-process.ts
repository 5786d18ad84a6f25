/** One of several processes that serve the clients of one port. `Supervisor` starts it and tells it over IPC what to do. */
import type { Socket } from 'node:net';
import { NetProxy } from '../net-proxy.js';
import type { AccessLogEntry, Decision } from '../proxy-api.js';
import type { FromWorker, ToWorker } from './messages.js';
import { runCommand } from './run-command.js';

const REPORT_MS = 200;
/** Entries beyond this number are dropped: a supervisor that does not read must not cost memory without end. */
const MAX_ENTRIES = 50_000;
/** Requests in flight may still end for this long after the supervisor is gone. */
const ORPHAN_GRACE_MS = 10_000;
let proxy: NetProxy | undefined;
let entries: AccessLogEntry[] = [];
let reporting = false;
let stopDecisions: (() => void) | undefined;

function tell(message: FromWorker, written: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, written);
  else written();
}

function log(entry: AccessLogEntry): void {
  if (entries.length < MAX_ENTRIES) entries.push(entry);
}

function report(running: NetProxy, written: () => void = () => {}): void {
  reporting = true;
  if (entries.length > 0) tell({ type: 'log', entries });
  entries = [];
  tell({ type: 'metrics', metrics: running.metrics() }, () => {
    reporting = false;
    written();
  });
}

function start({ config, commands, logs, tracing, decisions }: Extract<ToWorker, { type: 'start' }>): void {
  const started = new NetProxy(config, { tracing, ...(logs && { accessLog: log }) });
  proxy = started;
  for (const command of commands) runCommand(started, command);
  started.on('change', (change) => tell({ type: 'change', change }));
  started.on('warning', (warning) => tell({ type: 'warning', warning }));
  wantDecisions(decisions);
  started.start();
  // Reports are sent one at a time, so that none pile up for a supervisor that does not read.
  setInterval(() => reporting || report(started), REPORT_MS);
  report(started);
  tell({ type: 'started' });
}

/** Decisions are sent only while the supervisor has a listener and reads. */
function wantDecisions(wanted: boolean): void {
  stopDecisions?.();
  const send = (decision: Decision): void => {
    if (!reporting) tell({ type: 'decision', decision });
  };
  stopDecisions = wanted ? proxy?.on('decision', send) : undefined;
}

async function end(graceMs: number): Promise<never> {
  const running = proxy;
  if (running !== undefined) {
    await running.close({ graceMs });
    await new Promise<void>((resolve) => report(running, resolve));
  }
  process.exit(0);
}

process.on('message', (message: ToWorker, socket: Socket | undefined) => {
  switch (message.type) {
    case 'start':
      start(message);
      break;
    case 'client':
      tell({ type: 'taken' });
      // A client that was gone before it could be handed over comes without a socket.
      if (socket !== undefined) proxy?.take(socket);
      break;
    case 'command':
      if (proxy !== undefined) runCommand(proxy, message.command);
      break;
    case 'decisions':
      wantDecisions(message.wanted);
      break;
    case 'close':
      void end(message.graceMs);
  }
});
// No worker stays behind, however the supervisor ended.
process.on('disconnect', () => void end(ORPHAN_GRACE_MS));
// A signal to the whole group reaches workers too, but the supervisor decides how they end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
tell({ type: 'loaded' });

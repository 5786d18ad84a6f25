/** One of several processes that serve the clients of one port; started by `Supervisor`, told what to do over IPC. */
import type { Socket } from 'node:net';
import { NetProxy } from '../net-proxy.js';
import type { AccessLogEntry, Decision } from '../proxy-api.js';
import type { FromWorker, ToWorker } from './messages.js';
import { runCommand } from './run-command.js';

const reportMs = 200;
/** Entries beyond these are dropped: a supervisor that does not read must not cost memory without end. */
const maxEntries = 50_000;
/** When the supervisor is gone, requests in flight may still end. */
const orphanGraceMs = 10_000;
let proxy: NetProxy | undefined;
let entries: AccessLogEntry[] = [];
let reporting = false;
let stopDecisions: (() => void) | undefined;

function tell(message: FromWorker, written: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, written);
  else written();
}

function log(entry: AccessLogEntry): void {
  if (entries.length < maxEntries) entries.push(entry);
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

function start({ config, commands, logs, decisions }: Extract<ToWorker, { type: 'start' }>): void {
  const started = new NetProxy(config, logs ? { accessLog: log } : {});
  proxy = started;
  for (const command of commands) runCommand(started, command);
  started.on('change', (change) => tell({ type: 'change', change }));
  started.on('warning', (warning) => tell({ type: 'warning', warning }));
  wantDecisions(decisions);
  started.start();
  // One report at a time, so that none pile up for a supervisor that does not read.
  setInterval(() => reporting || report(started), reportMs);
  report(started);
  tell({ type: 'started' });
}

/** Decisions are sent only while the supervisor has a listener, and not while it does not read. */
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
// However the supervisor went, nothing stays behind.
process.on('disconnect', () => void end(orphanGraceMs));
// A signal to the whole group reaches us too; how we end is the supervisor's decision.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
tell({ type: 'loaded' });

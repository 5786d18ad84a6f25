import { fileURLToPath } from 'node:url';
import { cpuMicros, spawnOwned } from './native.mjs';

/** Starts a load generator on a core; `run` gives a job to it and answers with its counts and the CPU `pids` spent on it. */
export function startGenerator(core) {
  const file = fileURLToPath(new URL('load-generator.mjs', import.meta.url));
  const child = spawnOwned('taskset', ['-c', core, process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const run = (job, pids = []) =>
    new Promise((resolve, reject) => {
      let before = 0;
      let result;
      const ended = (code) => reject(new Error(`the load generator ended with ${code}`));
      const hear = (message) => {
        if ('opened' in message) before = cpuMicros(pids);
        else if ('outcome' in message) {
          const cpu = cpuMicros(pids) - before;
          const { outcome } = message;
          result = {
            ...outcome,
            cpuMicros: cpu,
            cpuMicrosPerRequest: cpu / outcome.requests,
            perSecond: (outcome.requests * 1000) / job.durationMs,
          };
        } else {
          child.off('message', hear);
          child.off('exit', ended);
          resolve(result);
        }
      };
      child.on('message', hear);
      child.once('exit', ended);
      child.send(job);
    });
  return { run, stop: () => child.kill('SIGKILL') };
}

/** `npm run bench -- loadtests [--only revocation,chat] [--quick]`: what the comparison does not ask, on the running services. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartName, readBenchArguments } from './bench/arguments.js';
import { BenchLab } from './bench/bench-lab.js';
import { benchChat } from './bench/chat-part.js';
import { benchRevocation } from './bench/revocation-part.js';

const parts: Record<PartName, { readonly run: typeof benchChat; readonly file: string }> = {
  revocation: { run: benchRevocation, file: 'bench-revocation' },
  chat: { run: benchChat, file: 'bench-chat-k6' },
};
const results = join(import.meta.dirname, '../../loadtests/results');

/** Ended by a signal: what fails because of that is no news. */
let interrupted = false;

try {
  await main();
} catch (error) {
  if (!interrupted) console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { only, quick } = readBenchArguments(process.argv.slice(2));
  console.error('… starting the services');
  const lab = await BenchLab.start();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void lab.end().then(() => process.exit(130));
    });
  }
  try {
    await lab.system.ready;
    await mkdir(results, { recursive: true });
    for (const name of only) {
      const figures = await parts[name].run(lab, quick);
      if (figures === undefined) continue;
      const file = join(results, `${parts[name].file}-${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
      await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
      console.log(file);
    }
  } finally {
    await lab.end();
  }
}

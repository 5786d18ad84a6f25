/** `npm run bench -- loadtests [--only revocation,chat] [--quick]`: measures on the running services, outside of the comparison. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartName, readBenchArguments } from './bench/arguments.js';
import { benchChat } from './bench/chat-part.js';
import { benchRevocation } from './bench/revocation-part.js';

const parts: Record<PartName, { readonly run: typeof benchChat; readonly file: string }> = {
  revocation: { run: benchRevocation, file: 'bench-revocation' },
  chat: { run: benchChat, file: 'bench-chat-k6' },
};
const results = join(import.meta.dirname, '../../loadtests/results');

try {
  const { only, quick } = readBenchArguments(process.argv.slice(2));
  await mkdir(results, { recursive: true });
  for (const name of only) {
    const figures = await parts[name].run(quick);
    if (figures === undefined) continue;
    const file = join(results, `${parts[name].file}-${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
    await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(file);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

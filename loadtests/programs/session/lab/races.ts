/** `node dist/programs/session/lab/races.js '{"store":"connect-redis","pairs":500}'`: prints what parallel requests lost, as one line of JSON. */
import { raceSessions } from '../races.js';
import type { VariantName } from '../variants.js';

/** Few enough at once that the two requests of a pair still overlap. */
const BATCH = 20;

const { store, pairs } = JSON.parse(process.argv[2] ?? '{}') as { store: VariantName; pairs: number };
console.log(JSON.stringify(await raceSessions(store, pairs, BATCH)));

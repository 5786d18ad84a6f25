/** `node dist/programs/session/lab/stock-races.js '{"store":"php-redis","pairs":200}'`: the races of a usual store of another language, as one line of JSON. */
import { raceStockStore } from '../stock-stores/race-stock-stores.js';

const { store, pairs } = JSON.parse(process.argv[2] ?? '{}') as { store: string; pairs: number };
console.log(JSON.stringify(await raceStockStore(store, pairs)));

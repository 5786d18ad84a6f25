// `npm run compare`: builds everything, then hands over to the lab.
import { handOverToLab } from './hand-over.mjs';

await handOverToLab('cli.js');

// `npm run lab -- <command>`: builds everything, then hands over to the lab.
import { handOverToLab } from './hand-over.mjs';

await handOverToLab('lab.js');

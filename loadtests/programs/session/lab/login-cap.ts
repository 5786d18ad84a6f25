/** `node dist/programs/session/lab/login-cap.js '{"rounds":50}'`: how many sessions of a user parallel logins leave alive, as one line of JSON. */
import { raceLogins } from '../races.js';

const { rounds } = JSON.parse(process.argv[2] ?? '{}') as { rounds: number };
console.log(JSON.stringify(await raceLogins('redis', rounds)));

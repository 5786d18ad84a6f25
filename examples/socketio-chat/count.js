// Counts what Socket.IO clients get behind the gateway, and prints it as a table. The first word is how many users there are: 12.
import { countAll } from './count-all.js';

const users = Number(process.argv[2] ?? 12);
console.log('| Redis adapter | transport | routing | connected | "Session ID unknown" | messages delivered |');
console.log('|---|---|---|---|---|---|');
for await (const row of countAll(users)) {
  const { adapter, transport, routing, connected, of, unknown, delivered, due } = row;
  const cells = [
    adapter ? 'yes' : 'no',
    transport,
    routing,
    `${connected} of ${of}`,
    unknown,
    `${delivered} of ${due}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

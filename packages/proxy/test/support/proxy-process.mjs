/** A proxy in a process of its own, for tests that limit what the process may have. Tells its port; answers every message with its metrics and warnings. */
import { createProxy } from '../../dist/index.js';

const proxy = createProxy(JSON.parse(process.env.CONFIG));
const warnings = [];
proxy.on('warning', (warning) => warnings.push(warning));
const { port } = await proxy.listen();
process.on('message', () => process.send({ metrics: proxy.metrics(), warnings }));
process.send({ port });

/** Ours, in a process of its own: the config comes from the environment, changes by message. */
import { createProxy } from '../../dist/index.js';

const proxy = createProxy(JSON.parse(process.env.CONFIG));
process.on('message', async ([call, ...rest]) => {
  if (call === 'close') {
    await proxy.close({ graceMs: 1000 });
    process.exit(0);
  }
  process.send({ answer: proxy[call](...rest) ?? null });
});
process.on('disconnect', () => process.exit(0));
process.send(await proxy.listen());

// Starts two replicas of the given script and prints their process ids; its test then kills it.
import { Fleet } from '@holdfast/fleet';

const app = {
  app: 'echo',
  fleet: 'f',
  idPrefix: 'echo',
  command: process.execPath,
  args: ['-e', process.argv[2]],
  replicas: 2,
};
const fleet = await Fleet.create({ apps: [app] });
await fleet.start();
console.log(JSON.stringify(fleet.status().map(({ pid }) => pid)));

import { lostRun } from '../plan/lost-run.js';
import { type BoundUsersOptions, boundUsersOptions, changeUnderUsers } from '../planner/bound-users.js';
import { defineRunner } from './runner.js';

export default defineRunner<BoundUsersOptions>({
  id: 'bound-users',
  title: 'users whom a cookie binds to a server come and go while servers change, in a simulation; nothing is run',
  options: boundUsersOptions,
  names: {
    usersOut: 'users who lost a login to a server that was ended, of users who are there at a time',
    usersOnNew: 'users who are bound to the new servers one mean session later, of users',
    lastLeftMinutes: 'from the drain of a server until the last user who is bound to it has left',
    fairShareMinutes: 'until the new servers have nine tenths of their fair part of the users',
    deployMinutes: 'until the last server is replaced',
  },
  async run(task) {
    const arm = { name: task.arm, scenario: 'bound-users', engine: 'simulation', options: {} };
    const seen = changeUnderUsers(task.options, task.block);
    return [
      { ...lostRun({ ...task, arm }, ''), ...seen, valid: true, invalidBecause: null, users: task.options.users },
    ];
  },
});

import { lostRun } from '../plan/lost-run.js';
import { drawRouting, type RoutingOptions, routingOptions } from '../planner/draw-routing.js';
import { defineRunner } from './runner.js';

export default defineRunner<RoutingOptions>({
  id: 'routing',
  title: "requests of drawn users are sent to servers by the gateway's own policies, in a simulation; nothing is run",
  options: routingOptions,
  names: {
    unevenRequests: 'draws in which a server gets over a tenth more requests than the mean, of draws',
    unevenWork: 'draws in which a server gets over a tenth more work than the mean, of draws',
    usersMoved:
      'users who were sent to another server although theirs was there (steady, serverGone, serverAdded), of users who were sent anywhere while it was',
    maxShareOverMean: 'requests of the busiest server over the mean, mean of all draws',
    maxWorkOverMean: 'work of the busiest server over the mean, mean of all draws',
  },
  async run(task) {
    const { moved, unevenRequests, unevenWork, ...estimated } = drawRouting(task.options, task.block);
    const arm = { name: task.arm, scenario: 'routing', engine: 'simulation', options: {} };
    return [
      {
        ...lostRun({ ...task, arm }, ''),
        ...{ valid: true, invalidBecause: null, users: task.options.users },
        counted: {
          ...{ unevenRequests, unevenWork },
          'usersMoved.steady': moved.steady,
          'usersMoved.serverGone': moved.serverGone,
          'usersMoved.serverAdded': moved.serverAdded,
        },
        estimated,
      },
    ];
  },
});

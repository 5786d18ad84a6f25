import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import * as ailments from '../proxy-faults/ailments.js';
import * as connections from '../proxy-faults/connections.js';
import * as overloads from '../proxy-faults/overload.js';
import * as places from '../proxy-faults/places.js';
import * as processes from '../proxy-faults/processes.js';
import { type Fault, Trial } from '../proxy-faults/trial.js';
import { defineRunner } from './runner.js';

const FAULTS = {
  ...{ kill: processes.kill, freeze: processes.freeze, 'rolling-restart': processes.rollingRestart },
  ...{ slow: ailments.slow, failing: ailments.failing, 'all-down': ailments.allDown },
  ...{ 'early-close': connections.earlyClose, 'frozen-readers': connections.frozenReaders, aborts: connections.aborts },
  ...{ 'scale-by-hash': places.scaleByHash, 'scale-by-cookie': places.scaleByCookie },
  ...{ 'loud-user': places.loudUser, 'loud-user-bounded': places.loudUserBounded },
  ...{ 'restart-by-cookie': places.restartByCookie, 'restart-by-hash': places.restartByHash },
  ...{ 'second-gateway-by-cookie': places.secondGatewayByCookie, 'second-gateway-by-hash': places.secondGatewayByHash },
  'second-gateway-by-own-secret': places.secondGatewayByOwnSecret,
  ...{ overload: overloads.overload, 'overload-unlimited': overloads.overloadUnlimited },
} satisfies Record<string, Fault>;

const options = z.strictObject({
  engine: z.enum(['holdfast', 'nginx', 'haproxy']),
  fault: z.enum(Object.keys(FAULTS) as [keyof typeof FAULTS]),
  /** Whether it takes a part of the usual time. */
  short: z.boolean().default(false),
});

export default defineRunner<z.infer<typeof options>>({
  id: 'proxy-faults',
  title:
    'a fault under load in front of three or four small replicas, each load balancer with the best it has against it',
  options,
  names: {
    getsFailed: 'GETs without an answer or with a 5xx, of GETs',
    postsFailed: 'POSTs without an answer or with a 5xx, of POSTs',
    requestsFailed: 'requests without an answer or with a 5xx, of requests; when restarted, without those refused',
    failedPostsDone: 'failed POSTs that a replica had done, of POSTs',
    postsDoneTwice: 'POSTs that replicas did twice, of POSTs',
    getsLate: 'GETs that took longer than a second, of GETs',
    slowShare: 'answers of the slow destination, of answers',
    failedWhileFailing: '5xx while the destination answered 500, of requests',
    failedWhileFlapping: '5xx while it came and went, of requests',
    failedWhenWell: '5xx when it was well again, of requests',
    staysOut: 'destinations that were well and got no requests, of destinations',
    otherThan503: 'answers other than 503 with Retry-After, of answers',
    refusedLate: 'answers after more than 50 ms, of answers',
    readersKept: 'clients that do not read and were not dropped (tunnels, downloads), of them',
    readersOverMegabyte: 'clients that do not read and cost more than a megabyte each (tunnels, downloads), of them',
    abortsUnheard: 'requests whose client left and whose destination never heard, of aborted requests',
    abortsLate: 'requests whose client left and whose destination heard after more than 100 ms, of aborted requests',
    socketsLeft: 'sockets of the load balancer that stayed open, of aborted requests',
    usersMoved:
      'users whose destination changed (out, in), of users seen before and after, or, with two gateways, of users',
    busiestShare: 'requests of the busiest destination, of requests',
    requestsRefused: 'requests whose connection was refused, of requests',
    requestsShed: 'requests that were refused, of requests offered',
    clientsGaveUp: 'requests whose client gave up after a second, of requests offered',
    goodputOfPeak:
      'answers of 200 within half a second under three times the capacity, in parts of those at 90 % of it',
  },
  async run(task, onStart) {
    const { engine, fault, short } = task.options;
    const trial = new Trial(engine, short);
    onStart(() => trial.started.stop());
    try {
      const { invalidBecause = null, ...counts } = await FAULTS[fault](trial);
      const arm = { name: task.arm, scenario: 'proxy-faults', engine, options: {} };
      return [{ ...lostRun({ ...task, arm }, ''), ...counts, fault, valid: invalidBecause === null, invalidBecause }];
    } finally {
      await trial.started.stop();
    }
  },
});

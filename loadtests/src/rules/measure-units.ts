/** The unit of each counted measure, for sentences: "0 of 183 users". */
const UNITS: Readonly<Record<string, string>> = {
  loggedOut: 'users',
  falseLogout: 'users',
  moved: 'users',
  listsAlternating: 'users',
  todosLost: 'todos',
  todosMissing: 'lists',
  loginsDenied: 'logins',
  readWrongly: 'sessions',
  writesUnseen: 'attributes',
  endsUnseen: 'sessions',
  writesLost: 'writes',
  writesMissing: 'answers',
  serversSlower: 'servers',
  clientsLate: 'clients',
  connections: 'connections',
  copiesStale: 'copies',
  chatLost: 'deliveries',
  chatMissing: 'deliveries',
  chatAdmitted: 'deliveries',
  chatDuplicated: 'deliveries',
  chatReordered: 'deliveries',
  chatCutOff: 'users',
  chatStaysAway: 'users',
  chatBackLate: 'users',
  servedLate: 'users',
  socketsRefused: 'sockets',
  requestsRefused: 'requests',
  onNewServers: 'requests',
  wrongUser: 'answers',
  updatesLost: 'updates',
  logoutsRevived: 'logouts',
  oldIdsAlive: 'session ids',
  sessionsLost: 'sessions',
  endedServed: 'sessions',
  goneWithProcess: 'sessions',
  sessionsHeld: 'sessions',
  sessionsGone: 'sessions',
  processesDied: 'processes',
  loginsRefused: 'logins',
  linesChanged: 'lines',
  dependenciesAdded: 'packages',
  settingsAdded: 'settings',
  processesAdded: 'processes',
  serverHoursSaved: 'server hours',
  hoursSavedLosingNobody: 'server hours',
  usersLostByScaleIn: 'users',
  redisCost: 'units of price',
  costAboveMemory: 'units of price',
  releaseErrors: 'requests',
  itemsLost: 'items',
  usersOut: 'users',
  socketsLate: 'sockets',
  socketsTold: 'sockets',
  readsTooMany: 'upgrades',
  deliveriesMissing: 'deliveries',
  endedLate: 'sessions',
  closedLate: 'sockets',
  requestsFailed: 'requests',
  unevenRequests: 'draws',
  unevenWork: 'draws',
  overCap: 'logins',
  usersOnNew: 'users',
  socketsElsewhere: 'sockets',
  getsFailed: 'GETs',
  getsLate: 'GETs',
  postsFailed: 'POSTs',
  postsDoneTwice: 'POSTs',
  failedWhileFailing: 'requests',
  failedWhileFlapping: 'requests',
  failedWhenWell: 'requests',
  staysOut: 'destinations',
  slowShare: 'answers',
  busiestShare: 'requests',
  requestsShed: 'requests',
  otherThan503: 'answers',
  refusedLate: 'answers',
  usersMoved: 'users',
  readersKept: 'readers',
  readersOverMegabyte: 'readers',
  abortsUnheard: 'aborted requests',
  abortsLate: 'aborted requests',
  bodiesWrong: 'bodies',
  memoryGrown: 'runs',
  processesGrown: 'processes',
  socketsLeft: 'connections',
  eventsLost: 'events',
  eventsOutOfOrder: 'events',
  eventsInvented: 'events',
};

/** The unit of a measure or of a part of it (`loggedOut.bound`); `cases` for one that is not listed. */
export function unitOf(measure: string): string {
  return UNITS[measure.split('.')[0] ?? ''] ?? 'cases';
}

/** Counts of files and of plans, which are the same every time: they are no sample of a larger number and have no interval. */
const EXACT = [
  'connections',
  ...['linesChanged', 'dependenciesAdded', 'settingsAdded', 'processesAdded'],
  ...['serverHoursSaved', 'hoursSavedLosingNobody', 'usersLostByScaleIn', 'redisCost', 'costAboveMemory'],
];

export function isExact(measure: string): boolean {
  return EXACT.includes(measure.split('.')[0] ?? '');
}

/** Whether the measure is a time in ms or µs, by its name: `p99Ms.light`, `cpuUs.servers`, `redisUsPerWrite`. */
export function isTime(measure: string): boolean {
  return /(Ms|Us)(?![a-z])/.test(measure);
}

/** Measures of losses, for which more is worse; other measures describe how a scenario works. */
const LOSSES = [
  'loggedOut',
  'falseLogout',
  'todosLost',
  'writesLost',
  'chatLost',
  'chatMissing',
  'updatesLost',
  'logoutsRevived',
  'wrongUser',
  'sessionsLost',
  'sessionsGone',
  'itemsLost',
  'usersOut',
  'deliveriesMissing',
  'requestsFailed',
  'getsFailed',
  'postsDoneTwice',
  'eventsLost',
];

export function isLoss(measure: string): boolean {
  return LOSSES.includes(measure.split('.')[0] ?? '');
}

/** Who may import whom: the rules of CONTRIBUTING.md, checked by `npm run imports`. */
const coreMayNotSee = (adapter) => ({
  name: `core-not-to-${adapter}`,
  comment: `A package's core knows nothing of its ${adapter} folder.`,
  severity: 'error',
  from: { path: '^packages/([^/]+)/src/', pathNot: [`^packages/[^/]+/src/${adapter}/`, '^packages/service/'] },
  to: { path: `^packages/$1/src/${adapter}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: { pathNot: '^loadtests/' }, to: { couldNotResolve: true } },
    {
      name: 'no-app-to-app',
      comment: 'The monolith alone composes other apps.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/monolith/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    { name: 'no-package-to-app', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    {
      name: 'contracts-zod-only',
      severity: 'error',
      from: { path: '^packages/contracts/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/contracts/src/', 'node_modules/zod/'] },
    },
    {
      name: 'proxy-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/proxy/src/' },
      to: { path: '^(apps|infra|loadtests|packages/(?!proxy/|testing/))' },
    },
    {
      name: 'session-events-service-apart',
      severity: 'error',
      from: { path: '^packages/(session|events|service)/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(session|events|service)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'gateway-no-session',
      severity: 'error',
      from: { path: '^apps/gateway/' },
      to: { path: '^packages/(session|events)/' },
    },
    coreMayNotSee('nest'),
    coreMayNotSee('kafka'),
    coreMayNotSee('redis-streams'),
    {
      name: 'core-knows-no-framework',
      severity: 'error',
      from: { path: '^packages/(session|events|proxy|fleet|contracts)/src/', pathNot: ['/src/nest/', '\\.test\\.ts$'] },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'proxy-steps-apart',
      comment: 'The pipeline calls the steps; the steps never call each other.',
      severity: 'error',
      from: { path: '^packages/proxy/src/(routing|balancing|affinity|health|forwarding)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^packages/proxy/src/(routing|balancing|affinity|health|forwarding)/',
        pathNot: '^packages/proxy/src/$1/',
      },
    },
    {
      name: 'loadtests-over-http-only',
      severity: 'error',
      from: { path: '^loadtests/' },
      to: { path: '^(apps|packages/(?!testing/))' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['/dist/', '/\\.turbo/', '^loadtests/results/'] },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

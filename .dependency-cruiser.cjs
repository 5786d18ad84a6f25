/**
 * Who may import whom: the rules of CONTRIBUTING.md, checked by `npm run imports` after a build. An import of a workspace is
 * seen as one of its dist folder. What this parser cannot read is in .dependency-cruiser-js.cjs.
 */
const tests =
  '\\.(test|contract|fixture)\\.(ts|tsx|mjs)$|^(apps|packages)/[^/]+/test/|^(infra|loadtests)/test/|^loadtests/(dist/)?programs/';

const coreMayNotSee = (adapter) => ({
  name: `core-not-to-${adapter}`,
  comment: `A package's core knows nothing of its ${adapter} folder. Nest's modules and programs put the parts together.`,
  severity: 'error',
  from: {
    path: '^packages/([^/]+)/src/',
    pathNot: [
      `^packages/[^/]+/src/${adapter}/`,
      '^packages/[^/]+/src/nest/',
      '-cli\\.ts$',
      '^packages/service/',
      tests,
    ],
  },
  to: { path: `^packages/$1/(src|dist)/${adapter}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-unresolvable',
      comment: 'k6 brings its own modules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^k6(/|$)|^https://jslib\\.k6\\.io/' },
    },
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
      from: { path: '^packages/contracts/src/', pathNot: tests },
      to: { pathNot: ['^packages/contracts/src/', 'node_modules/zod/'] },
    },
    {
      name: 'client-contracts-only',
      comment: 'Browsers load it.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: tests },
      to: { pathNot: ['^packages/(client|contracts)/', 'node_modules/zod/'] },
    },
    {
      name: 'proxy-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/proxy/', pathNot: [tests, 'jest\\.config\\.mjs$'] },
      to: { path: '^(apps|infra|loadtests|packages/(?!proxy/))' },
    },
    {
      name: 'fleet-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/fleet/', pathNot: 'jest\\.config\\.mjs$' },
      to: { path: '^(apps|infra|loadtests|packages/(?!fleet/))' },
    },
    {
      name: 'system-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/system/', pathNot: 'jest\\.config\\.mjs$' },
      to: { path: '^(apps|infra|loadtests|packages/(?!system/))' },
    },
    {
      name: 'gateway-system-only-in-lab',
      comment: "What the scenarios are is the lab part's alone: a gateway without scenarios does not load it.",
      severity: 'error',
      from: { path: '^apps/gateway/', pathNot: ['^apps/gateway/(src|dist)/lab/', tests] },
      to: { path: '^packages/system/' },
    },
    {
      name: 'infra-only-fleet-and-system',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(apps|loadtests|packages/(?!(fleet|system)/))',
        // `npm start` refuses weak secrets before anything runs, by the rule of the session.
        pathNot: ['^packages/testing/jest-preset', '^packages/session/dist/options/secret-weakness\\.js$'],
      },
    },
    {
      name: 'testing-for-tests-only',
      comment: 'Real servers and fakes belong to tests: testing is a devDependency.',
      severity: 'error',
      from: { path: '^(apps|packages/(?!testing/)|infra|loadtests)', pathNot: [tests, 'jest\\.config\\.mjs$'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'session-events-service-apart',
      severity: 'error',
      from: { path: '^packages/(session|events|service)/src/', pathNot: tests },
      to: { path: '^packages/(session|events|service)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'gateway-no-session',
      severity: 'error',
      from: { path: '^apps/gateway/' },
      to: { path: '^packages/(session|events)/' },
    },
    {
      name: 'session-no-circular',
      comment: 'Also of types: two files that need each other are one idea, or lack a third.',
      severity: 'error',
      from: { path: '^packages/session/src/' },
      to: { circular: true },
    },
    coreMayNotSee('nest'),
    coreMayNotSee('kafka'),
    coreMayNotSee('redis-streams'),
    {
      name: 'core-knows-no-framework',
      severity: 'error',
      from: { path: '^packages/(session|events|proxy|fleet|contracts)/src/', pathNot: ['/src/nest/', tests] },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'proxy-steps-apart',
      comment: 'The pipeline calls the steps; the steps never call each other.',
      severity: 'error',
      from: { path: '^packages/proxy/src/(routing|balancing|affinity|health|forwarding)/', pathNot: tests },
      to: {
        path: '^packages/proxy/src/(routing|balancing|affinity|health|forwarding)/',
        pathNot: '^packages/proxy/src/$1/',
      },
    },
    {
      name: 'loadtests-over-http-only',
      severity: 'error',
      from: { path: '^loadtests/', pathNot: '^loadtests/((src|dist)/planner/|(dist/)?programs/)' },
      to: { path: '^(apps|packages/(?!testing/)|loadtests/(dist/)?programs/)' },
    },
    {
      name: 'programs-as-an-app',
      comment:
        'A program of the lab is a process of its own that uses packages as an app would: by their entries, and nothing of the lab.',
      severity: 'error',
      from: { path: '^loadtests/(dist/)?programs/' },
      to: { path: '^(apps|packages/[^/]+/src/|loadtests/src|loadtests/dist/(?!programs/))' },
    },
    {
      name: 'planner-policies-only',
      comment: 'The planner simulates with the policies of the proxy, and knows nothing else of it.',
      severity: 'error',
      from: { path: '^loadtests/(src|dist)/planner/' },
      to: {
        path: '^(apps|packages/(?!testing/)|loadtests/(dist/)?programs/)',
        pathNot: '^packages/proxy/(src|dist)/policies\\.',
      },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: {
      path: [
        '/\\.turbo/',
        // Has packages of its own, which `npm run test:deployments` installs and checks.
        '^infra/deployments/aws/',
        '^packages/testing/packed/apps/',
        '^loadtests/results/',
        '^(apps|packages)/[^/]+/dist/.*\\.d\\.ts$',
        '\\.tsx$',
      ],
    },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

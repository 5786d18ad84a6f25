/**
 * The rest of `npm run imports`. The swc parser reads no TSX, so those files go through the parser for JavaScript, which skips
 * over types; and it cannot tell imports of types, which may form cycles, from those of values, which may not: cycles
 * are looked for in what the compiler emitted.
 */
const { forbidden, options } = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'no-circular',
      comment: 'Modules that load each other see half of each other, depending on which came first.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    ...options,
    parser: 'acorn',
    doNotFollow: { path: ['node_modules', '/src/.*\\.ts$'] },
    exclude: { path: ['^apps/console/dist/', '\\.d\\.ts$'] },
  },
};

import preset from '../packages/testing/jest-preset.mjs';

// The chart library draws half a pixel further where it finds a global `it`; our tests import what they use.
export default { ...preset, injectGlobals: false };

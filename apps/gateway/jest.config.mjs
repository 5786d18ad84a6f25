import preset from '../../packages/testing/jest-preset.mjs';

/** A busy machine makes a test slow, not wrong. */
export default { ...preset, testTimeout: 60_000 };

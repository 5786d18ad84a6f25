import { expect, jest } from '@jest/globals';

// On a shared machine a test with real servers and clocks may fail once without a fault in the code. Unit tests have neither.
if (process.env.CI && !expect.getState().testPath?.includes('/src/'))
  jest.retryTimes(1, { logErrorsBeforeRetry: true });

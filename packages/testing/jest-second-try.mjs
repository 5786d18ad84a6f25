import { expect, jest } from '@jest/globals';

// On a shared machine real servers and real clocks can fail one run that says nothing about the code. Unit tests have neither.
if (process.env.CI && !expect.getState().testPath?.includes('/src/'))
  jest.retryTimes(1, { logErrorsBeforeRetry: true });

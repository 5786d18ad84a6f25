import { expect, test } from '@jest/globals';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';
import { resultsFixture } from './results.fixture.js';
import { storeLines } from './store-line.js';

const LINE =
  'Redis was read after each run: it holds 59 of the 60 todos that servers showed at the end, 2 that a server denied, and 3 whose acknowledgement no user saw.';

test('what Redis held after the runs is said in one sentence, in both reports', () => {
  const results = resultsFixture();
  const stores = [
    { shown: 40, notStored: 1, deniedButStored: 2, unacknowledged: 0 },
    { shown: 20, notStored: 0, deniedButStored: 0, unacknowledged: 3 },
  ];
  const crashes = results.runs.filter(
    ({ experiment, phase, valid }) => valid && experiment === 'crash' && phase === 'after',
  );
  const runs = crashes.map((run, n) => ({ ...run, ...(stores[n] && { store: stores[n] }) }));
  expect(storeLines(runs)).toEqual([LINE]);
  const asked = { ...results, runs };
  expect(markdownReport(asked)).toContain(LINE);
  expect(htmlReport(asked)).toContain(LINE);
});

test('where Redis was not asked nothing is said of it', () => {
  expect(storeLines(resultsFixture().runs)).toEqual([]);
});

test('the logs of chat rooms have a sentence of their own', () => {
  const [run] = resultsFixture().runs;
  const chatLog = { acknowledged: 30, notStored: 2, unacknowledged: 1 };
  expect(
    run &&
      storeLines([
        { ...run, chatLog },
        { ...run, chatLog },
      ]),
  ).toEqual([
    'The logs of the chat rooms hold 56 of the 60 messages that were acknowledged, and 2 whose acknowledgement did not reach their speaker in time.',
  ]);
});

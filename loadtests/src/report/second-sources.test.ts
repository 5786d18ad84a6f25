import { expect, test } from '@jest/globals';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';
import { resultsFixture } from './results.fixture.js';
import { secondSourceLines } from './second-sources.js';

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
  expect(secondSourceLines(runs)).toEqual([LINE]);
  const asked = { ...results, runs };
  expect(markdownReport(asked)).toContain(LINE);
  expect(htmlReport(asked)).toContain(LINE);
});

test('where Redis was not asked nothing is said of it', () => {
  expect(secondSourceLines(resultsFixture().runs)).toEqual([]);
});

test('what the gateway counted is a sentence, of every run that it stood in front of', () => {
  const [run] = resultsFixture().runs;
  const answers = { seen: 30, notSent: 0, unseen: 1, notCompared: 0 };
  expect(run && secondSourceLines([{ ...run, answers }, run, { ...run, answers }])).toEqual([
    'The gateway counted 60 of the 60 answers with success that users saw, and 2 that no user saw.',
  ]);
  const restarted = { seen: 0, notSent: 0, unseen: 0, notCompared: 5 };
  expect(run && secondSourceLines([{ ...run, answers: restarted }])).toEqual([
    '5 answers of servers that came or went, or of a gateway that was restarted, were not compared with its count.',
  ]);
});

test('the logs of chat rooms have a sentence of their own', () => {
  const [run] = resultsFixture().runs;
  const chatLog = { acknowledged: 30, notStored: 2, unacknowledged: 1 };
  expect(
    run &&
      secondSourceLines([
        { ...run, chatLog },
        { ...run, chatLog },
      ]),
  ).toEqual([
    'The logs of the chat rooms hold 56 of the 60 messages that were acknowledged, and 2 whose acknowledgement did not reach their speaker in time.',
  ]);
});

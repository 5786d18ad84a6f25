import type { Results, Verdict } from '../results/results.js';
import { escapeHtml } from './markup.js';
import { runsMade } from './runs-of-experiment.js';

/**
 * A comparison as JUnit XML, one test per rule: it passes when the rule holds, fails when it does not, and is skipped when that
 * cannot be told. An experiment without a valid run is an error, and so is a comparison that was interrupted.
 */
export function junitReport(results: Results): string {
  const { experiments, verdicts, runs, finished, plannedRuns } = results;
  const suites = experiments.map(({ name }) => {
    const mine = verdicts.filter(({ experiment }) => experiment === name);
    const cases = mine.map((verdict) => testcase(name, verdict.claim, outcomeOf(verdict)));
    const isEmpty = !runs.some(({ experiment, valid }) => experiment === name && valid);
    if (isEmpty) cases.push(testcase(name, 'has a valid run', '<error message="no run was valid"/>'));
    return suite(name, cases);
  });
  if (!finished) {
    const message = `interrupted: ${runsMade(results)} of ${plannedRuns} runs were made`;
    suites.push(suite('comparison', [testcase('comparison', 'is finished', `<error message="${message}"/>`)]));
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>${suites.join('')}</testsuites>\n`;
}

function outcomeOf({ holds, because }: Verdict): string {
  if (holds === true) return '';
  return `<${holds === null ? 'skipped' : 'failure'} message="${attribute(because)}"/>`;
}

function testcase(suiteName: string, name: string, outcome: string): string {
  return `<testcase classname="${attribute(suiteName)}" name="${attribute(name)}">${outcome}</testcase>`;
}

function suite(name: string, cases: readonly string[]): string {
  const count = (element: string) => cases.filter((text) => text.includes(`><${element} `)).length;
  return `<testsuite name="${attribute(name)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}">${cases.join('')}</testsuite>`;
}

/** XML allows no control characters but tab and line ends, not even escaped. */
function attribute(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are removed.
  return escapeHtml(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''));
}

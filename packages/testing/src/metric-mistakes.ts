/** One metric of a scrape, from its TYPE and HELP lines. */
interface Described {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

const ABBREVIATED = /_(s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)(_|$)/;
const SUFFIXES_OF_OTHERS = /_(count|sum|bucket)$/;

/** The mistakes in the names of a scrape that promtool would report, and metrics without a HELP line. Empty without mistakes. */
export function metricMistakes(scrape: string): string[] {
  return describe(scrape).flatMap(({ name, type, help }) => {
    const mistakes: string[] = [];
    const expect = (isRight: boolean, problem: string) => isRight || mistakes.push(`${name}: ${problem}`);
    expect(help !== '', 'has no HELP');
    expect(/^[a-z][a-z0-9_]*$/.test(name), 'is not in snake_case');
    expect((type === 'counter') === name.endsWith('_total'), 'a counter, and nothing else, ends in _total');
    expect(!ABBREVIATED.test(name), 'has an abbreviated unit: write _seconds or _bytes');
    expect(!/_(milliseconds|microseconds|kilobytes|megabytes|percent)(_|$)/.test(name), 'is not in a base unit');
    expect(!SUFFIXES_OF_OTHERS.test(name), 'has the suffix of a histogram');
    expect(!/_(counter|gauge|histogram|summary)(_|$)/.test(name), 'has its type in its name');
    return mistakes;
  });
}

function describe(scrape: string): Described[] {
  const helps = new Map([...scrape.matchAll(/^# HELP (\S+) ?(.*)$/gm)].map(([, name = '', help = '']) => [name, help]));
  return [...scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
    help: helps.get(name) ?? '',
  }));
}

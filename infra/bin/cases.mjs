// `npm run cases`: writes docs/cases.md, the tests of each case from the field. A test names its cases at the start of its title.
// With `--check` it writes nothing, and fails where that page is not current.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const TITLE = /(['"`])((?:[CLPSU]\d{1,2}[a-c]?(?:, )?)+): ((?:(?!\1).)+)\1/g;

/** @type {Map<string, Map<string, Set<string>>>} titles by case and file */
const tests = new Map();
const files = execFileSync('git', ['ls-files', '*.test.ts', '*.contract.ts'], { cwd: root, encoding: 'utf8' });
for (const file of files.trim().split('\n')) {
  for (const [, , cases = '', title = ''] of readFileSync(join(root, file), 'utf8').matchAll(TITLE)) {
    for (const name of cases.split(', ')) {
      const byFile = tests.get(name) ?? new Map();
      tests.set(name, byFile.set(file, (byFile.get(file) ?? new Set()).add(title)));
    }
  }
}

const number = (/** @type {string} */ name) => Number.parseInt(name.slice(1), 10);
const names = [...tests.keys()].sort(
  (a, b) => (a[0] ?? '').localeCompare(b[0] ?? '') || number(a) - number(b) || a.localeCompare(b),
);
const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
const rows = names.flatMap((name) =>
  [...(tests.get(name) ?? [])].map(
    ([file, titles], n) => `| ${n === 0 ? name : ''} | [${file}](../${file}) | ${[...titles].map(cell).join(' · ')} |`,
  ),
);
const path = join(root, 'docs/cases.md');
const page = `# Cases from the field, and their tests

What broke when others used the system has a number: P in the proxy and gateway, S in the session, C in chat and events, L in the
lab, U at start, in development and on the page. A test that holds the mended behaviour begins its title with that number. This
page is written by \`npm run cases\`.

| case | file | tests |
|---|---|---|
${rows.join('\n')}
`;
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') === page) process.exit(0);
  console.error('docs/cases.md is older than the tests. Run `npm run cases`.');
  process.exit(1);
}
writeFileSync(path, page);

import { expect, test } from '@jest/globals';
import { type AppFiles, effortBetween } from './effort-between.js';

const app = (code: string, configuration = '', processes: readonly string[] = []): AppFiles => ({
  ...{ code, configuration, processes },
});

test('a version compared with itself takes nothing', () => {
  const same = app("import a from 'a';\nrun(process.env.PORT);", 'listen: { port: 1 }', ['gateway']);
  expect(effortBetween(same, same)).toEqual({
    linesChanged: { hit: 0, of: 6 },
    'linesChanged.code': { hit: 0, of: 4 },
    'linesChanged.configuration': { hit: 0, of: 2 },
    dependenciesAdded: { hit: 0, of: 1 },
    settingsAdded: { hit: 0, of: 2 },
    processesAdded: { hit: 0, of: 1 },
  });
});

test('lines are counted as a diff does: a changed line is one removed and one added, a moved one as well', () => {
  const lines = (from: string, to: string) => effortBetween(app(from), app(to))['linesChanged.code'];
  expect(lines('a\nb\nc', 'a\nx\nc')).toEqual({ hit: 2, of: 6 });
  expect(lines('a\nb\nc', 'b\nc\na')).toEqual({ hit: 2, of: 6 });
  expect(lines('a\nc', 'a\nb\nb\nc')).toEqual({ hit: 2, of: 6 });
  expect(lines('a\n\n  b', 'a\nb')).toEqual({ hit: 2, of: 4 });
  expect(lines('', 'a')).toEqual({ hit: 1, of: 1 });
});

test('empty lines and comments say nothing', () => {
  const effort = effortBetween(app('a', 'x: 1'), app('// why\n\na', '# why\n\nx: 1\n'));
  expect(effort.linesChanged).toEqual({ hit: 0, of: 4 });
});

test('packages are those that the code imports, each once; what Node has and files of its own are none', () => {
  const code =
    "import a from 'a';\nimport 'a/part';\nimport { b } from '@s/b/part';\nimport { c } from 'node:fs';\nimport d from './d.js';\nawait import('e');";
  expect(effortBetween(app("import a from 'a';"), app(code)).dependenciesAdded).toEqual({ hit: 2, of: 3 });
});

test('settings are variables and values with their place; a changed value is one added', () => {
  const effort = effortBetween(
    app('run(process.env.PORT)', 'listen: { port: 1 }\nlist: [a]'),
    app('run(process.env.PORT, process.env.URL, process.env.URL)', 'listen: { port: 2 }\nlist: [a, b]'),
  );
  expect(effort.settingsAdded).toEqual({ hit: 3, of: 5 });
});

test('a gateway for an app that had none is all of its file, and a process', () => {
  const effort = effortBetween(app('a'), app('a', 'listen:\n  port: 1', ['gateway']));
  expect(effort['linesChanged.configuration']).toEqual({ hit: 2, of: 2 });
  expect(effort.processesAdded).toEqual({ hit: 1, of: 1 });
});

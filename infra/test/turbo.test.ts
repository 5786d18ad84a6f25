import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

interface Task {
  readonly taskId: string;
  readonly dependencies: readonly string[];
  readonly resolvedTaskDefinition: { readonly cache: boolean };
}

const plan = JSON.parse(
  execFileSync(join(root, 'node_modules/.bin/turbo'), ['run', 'typecheck', 'test', 'test:integration', '--dry=json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    maxBuffer: 64 * 1024 * 1024,
  }),
) as { tasks: Task[] };
const tasks = (name: string) => plan.tasks.filter(({ taskId }) => taskId.endsWith(`#${name}`));

test('U11: types are checked after the build of the workspace and of what it depends on, so a fresh clone is green', () => {
  expect(tasks('typecheck').length).toBeGreaterThan(5);
  for (const { taskId, dependencies } of tasks('typecheck')) {
    expect(dependencies).toContain(taskId.replace('#typecheck', '#build'));
  }
  const session = tasks('build').find(({ taskId }) => taskId === '@holdfast/auth#build');
  expect(session?.dependencies).toEqual(expect.arrayContaining(['@holdfast/session#build', '@holdfast/service#build']));
});

test('U11: unit tests are cached, tests on real servers are not', () => {
  expect(tasks('test').length).toBeGreaterThan(5);
  expect(tasks('test').every(({ resolvedTaskDefinition }) => resolvedTaskDefinition.cache)).toBe(true);
  expect(tasks('test:integration').some(({ resolvedTaskDefinition }) => resolvedTaskDefinition.cache)).toBe(false);
});

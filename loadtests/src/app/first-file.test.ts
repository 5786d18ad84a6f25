import { expect, test } from '@jest/globals';
import { type Answers, firstFile, QUESTIONS } from './first-file.js';
import { readAppFile } from './read-app-file.js';

const usual = Object.fromEntries(QUESTIONS.map((question) => [question.key, question.usual])) as unknown as Answers;

test('a first file of the usual answers is right', () => {
  const { app, mistakes } = readAppFile('my-app.yaml', firstFile(usual));
  expect(mistakes).toEqual([]);
  expect(Object.keys(app?.variants ?? {})).toEqual(['memory', 'redis']);
  expect(app?.journey).toMatchObject({
    login: [{ path: '/login', json: { password: 'secret' } }],
    write: [{}],
    check: [{}],
  });
});

test('answers with quotes, colons and no write or store make a file that is right', () => {
  const answers = {
    ...usual,
    app: "ada's: shop",
    start: 'php -S 127.0.0.1:{port}',
    write: 'none',
    redis: 'none',
    body: 'form',
  };
  const { app, mistakes } = readAppFile('my-app.yaml', firstFile(answers));
  expect(mistakes).toEqual([]);
  expect(app).toMatchObject({ name: "ada's: shop", start: 'php -S 127.0.0.1:{port}', variants: { memory: {} } });
  expect(app?.journey).toMatchObject({ write: [], login: [{ form: { password: 'secret' } }] });
});

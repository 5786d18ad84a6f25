import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { asyncApiDocument, asyncApiFileText, asyncApiText } from '../tools/async-api.mjs';

test('C7: asyncapi.yaml describes the frames as the contracts have them', () => {
  // If this fails, run: npm run asyncapi -w @holdfast/chat
  expect(asyncApiFileText()).toBe(asyncApiText());
  expect(parse(asyncApiFileText())).toEqual(asyncApiDocument());
});

test('C7: every reference in asyncapi.yaml leads somewhere', () => {
  const document: unknown = asyncApiDocument();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(references.length).toBeGreaterThan(20);
  for (const path of references) {
    const target = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    expect([path, target]).toEqual([path, expect.any(Object)]);
  }
});

import { expect, test } from '@jest/globals';
import { asyncApiFileText, asyncApiText } from '../tools/async-api.mjs';
import { catalogue } from './catalogue.js';
import { envelope } from './envelope.js';

test('asyncapi.yaml describes the events as the catalogue has them', () => {
  // If this fails, run: npm run asyncapi -w @holdfast/events
  expect(asyncApiFileText()).toBe(asyncApiText(catalogue, envelope));
});

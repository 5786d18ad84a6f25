import { POLICY_NAMES } from '@holdfast/proxy';
import { policyShape } from '@holdfast/system/scenario';
import { expect, test } from '@jest/globals';

test('infra/system.yaml may name every policy of the proxy, and no other', () => {
  expect(policyShape.options).toEqual(POLICY_NAMES);
});

import { expect, test } from 'vitest';
import { withScope } from '../../../src/shared/editScope.ts';
import type { FeatureEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

test('a scope is for edits that do not say themselves where they apply', () => {
  const edit: FeatureEdit = { sae: '/sae', feature: featureIndex(3), operation: 'ablate' };
  const placed: FeatureEdit = { ...edit, positions: { ranges: [{ from: 2 }] } };
  expect(withScope([edit, placed], 'prompt')).toEqual([
    { ...edit, positions: { scope: 'prompt' } },
    placed,
  ]);
});

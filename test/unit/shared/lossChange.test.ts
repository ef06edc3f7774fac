import { expect, test } from 'vitest';
import { lossChangeOf } from '../../../src/shared/lossChange.ts';
import { levels } from '../../../src/shared/themeColours.ts';

test('levels begin at 0.02, 0.1, 0.5 and 1 nat, up and down', () => {
  const changes = [0.01, 0.02, 0.09, 0.1, 0.5, 1, 9];
  expect(changes.map((change) => lossChangeOf(change)?.level)).toEqual([
    ...[undefined, 0, 0, 1, 2, levels - 1, levels - 1],
  ]);
  expect(lossChangeOf(0.7)).toEqual({ kind: 'harder', level: 2 });
  expect(lossChangeOf(-0.7)).toEqual({ kind: 'easier', level: 2 });
  expect(lossChangeOf(NaN)).toBeUndefined();
});

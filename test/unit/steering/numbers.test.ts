import { expect, test } from 'vitest';
import { unedited } from '../../../src/engine/steering/editPlan.ts';
import { expectNumbers } from '../../../src/engine/steering/numbers.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { ref, toyPlan } from './toyPlans.ts';

const broken = Float32Array.of(1, NaN, 3);
const finite = Float32Array.of(1, -Infinity, 3);
const at = 'blocks.1.hook_resid_post';

test('what is no number is blamed on the edits where there are some, else on the model', () => {
  const edits: SteerEdit[] = [
    { ...ref('late', 1), operation: 'scale', amount: 2 },
    { ...ref('late', 1), operation: 'project', amount: 0 },
    { site: at, direction: Float32Array.of(1, 0, 0, 0), operation: 'add', amount: 1 },
  ];
  for (const row of toyPlan(edits.map((edit) => [edit])).rows) {
    const refused = expect.objectContaining({ code: 'badEdit' }) as Error;
    expect(() => expectNumbers(broken, row)).toThrow(refused);
    expect(() => expectNumbers(finite, row)).not.toThrow();
  }
  for (const row of [...unedited.rows, ...toyPlan([[]]).rows]) {
    const refused = expect.objectContaining({ code: 'unsupportedModel' }) as Error;
    expect(() => expectNumbers(broken, row)).toThrow(refused);
    expect(() => expectNumbers(finite, row)).not.toThrow();
  }
});

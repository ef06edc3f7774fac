import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { saeItems } from '../../../src/host/display/saeItems.ts';

test('an SAE is listed by its folder, with its site where that says more', () => {
  const folder = resolve('/m/saes');
  const [a, b, c] = ['a\u202E', 'blocks.2.hook_resid_post', 'c'].map((name) => join(folder, name));
  if (a === undefined || b === undefined || c === undefined) throw new Error('no folders');
  const sites = new Map([
    [a, 'blocks.1.hook_resid_post'],
    [b, 'blocks.2.hook_resid_post'],
  ]);
  expect(saeItems([a, b, c], sites)).toEqual([
    { label: 'a�', description: 'blocks.1.hook_resid_post', detail: folder, sae: a },
    { label: 'blocks.2.hook_resid_post', description: '', detail: folder, sae: b },
    { label: 'c', description: '', detail: folder, sae: c },
  ]);
});

import { expect, test } from 'vitest';
import { originParts, originTitle } from '../../../../webview/steer/directions/originText.ts';

test('both texts are said, each on one line and cut where it is long', () => {
  const origin = { more: ' Peace\n and  quiet. ', less: 'é'.repeat(500) };
  expect(originParts(origin)).toEqual([
    'more like “Peace and quiet.”',
    `less like “${'é'.repeat(79)}…”`,
  ]);
  expect(originTitle(origin)).toBe(`more like “Peace and quiet.”\nless like “${'é'.repeat(399)}…”`);
});

test('characters of two code units are not cut in halves, and what cannot be seen is marked', () => {
  expect(originParts({ more: '🐟'.repeat(81), less: 'a\u202eb' })).toEqual([
    `more like “${'🐟'.repeat(79)}…”`,
    'less like “a‹U+202E›b”',
  ]);
});

test('a file goes by its name, with the tensor it was read from', () => {
  const origin = { file: '/home/lily/calm.safetensors' };
  expect(originParts(origin)).toEqual(['calm.safetensors']);
  expect(originTitle(origin)).toBe('/home/lily/calm.safetensors');
  const tensor = { file: 'C:\\lily\\calm.safetensors', tensor: 'v' };
  expect(originParts(tensor)).toEqual(['v of calm.safetensors']);
  expect(originTitle(tensor)).toBe('v of C:\\lily\\calm.safetensors');
});

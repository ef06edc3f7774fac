import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bytesOfText,
  hexText,
  lossText,
  signedNats,
  spokenToken,
} from '../../../src/host/display/tokens/tokenText.ts';
import { withoutIcons } from '../../../src/host/display/withoutIcons.ts';

test('losses in nats, bits and as a probability', () => {
  expect(lossText(Math.log(4))).toBe('1.39 nats (2.00 bits), probability 25%');
  expect(lossText(0)).toBe('0 nats (0 bits), probability 100%');
  expect(lossText(0.0012)).toBe('0.001 nats (0.002 bits), probability 100%');
  expect([0.5, -0.5, 0, -0.0012, 1e-9].map(signedNats)).toEqual([
    '+0.50 nats',
    '−0.50 nats',
    '0 nats',
    '−0.001 nats',
    '+1e-9 nats',
  ]);
});

test('bytes of a text that is one are its UTF-8; bytes that are no character are spelt out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(bytesOfText(text)).toEqual(new TextEncoder().encode(text));
    }),
  );
  expect(hexText(bytesOfText('\\xF0\\x9F'))).toBe('F0 9F');
  expect(hexText(bytesOfText('a\\xE2'))).toBe('61 E2');
  // Escapes are of bytes above 7F and in capitals; anything else is text.
  expect(hexText(bytesOfText('\\x0A\\xe2'))).toBe('5C 78 30 41 5C 78 65 32');
  expect(hexText(new Uint8Array(20))).toBe(`${'00 '.repeat(16)}…`);
});

test('what a screen reader says for tokens that cannot be heard', () => {
  expect([' girl', '\n\n', '\t', ' ', '   ', ''].map(spokenToken)).toEqual([
    'girl',
    'line break',
    'tab',
    'space',
    '3 spaces',
    'nothing',
  ]);
});

test('text that spells an icon is shown as text', () => {
  expect(withoutIcons('a $(trash) b $(sync~spin) $( c) $()')).toBe(
    'a \\$(trash) b \\$(sync~spin) $( c) $()',
  );
});

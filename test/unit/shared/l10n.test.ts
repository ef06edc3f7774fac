import { afterEach, expect, test } from 'vitest';
import { t, useTranslation } from '../../../src/shared/l10n.ts';

afterEach(() => useTranslation(() => undefined));

test('without a translation a text is its English, with values in their places', () => {
  expect(t('Open a file.')).toBe('Open a file.');
  expect(t('{1} of {0} tokens, {1}', 12, 'three')).toBe('three of 12 tokens, three');
});

test('a translation may order the values as its language does', () => {
  useTranslation((english) => (english === '{0} of {1}' ? 'von {1} sind es {0}' : undefined));
  expect(t('{0} of {1}', 2, 5)).toBe('von 5 sind es 2');
  expect(t('untranslated {0}', 1)).toBe('untranslated 1');
});

test('values are text, whatever they look like', () => {
  expect(t('{0} {1}', '{1}', '$&')).toBe('{1} $&');
  expect(t('{7}')).toBe('{7}');
});

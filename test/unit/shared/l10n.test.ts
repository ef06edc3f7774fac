import { afterEach, expect, test } from 'vitest';
import { locale, t, translated, useTranslation } from '../../../src/shared/l10n.ts';

afterEach(() => {
  useTranslation(() => undefined);
});

test('without a translation texts are English, with their values in place', () => {
  expect(t('{1} of {0}', 'a', 2)).toBe('2 of a');
  expect(locale()).toBe('en');
});

test('what is translated is, what is not stays English', () => {
  const german: Readonly<Record<string, string>> = { 'Stop {0}': '{0} anhalten' };
  useTranslation((english) => german[english], 'de');
  expect(t('Stop {0}', 'x')).toBe('x anhalten');
  expect(t('Start {0}', 'x')).toBe('Start x');
  expect(translated('Stop {0}')).toBe('{0} anhalten');
  expect(locale()).toBe('de');
});

test('values are not texts: what looks like a place in them stays', () => {
  expect(t('{0} and {1}', '{1}', 'b')).toBe('{1} and b');
});

test('a language nobody has heard of writes numbers as English does', () => {
  useTranslation(() => undefined, 'not a tag');
  expect(locale()).toBe('en');
});

import { expect, test } from 'vitest';
import {
  settingOf,
  withChat,
  withSetting,
  withStops,
} from '../../../../webview/steer/settings/steerSettings.ts';
import { readStops, stopsText } from '../../../../webview/steer/settings/stopStrings.ts';
import { settings } from './runs.ts';

test('what changes nothing is left out', () => {
  const chosen = withSetting(settings, 'topK', 40);
  expect(chosen).toEqual({ ...settings, topK: 40 });
  expect(settingOf(chosen, 'topK')).toBe(40);
  expect(withSetting(chosen, 'topK', 0)).toEqual(settings);
  expect(settingOf(settings, 'topP')).toBe(1);
  expect(withStops(withStops(settings, ['#']), [])).toEqual(settings);
  expect(withChat(withChat(settings, true), false)).toEqual(settings);
});

test('values are whole where they count something, and within their bounds', () => {
  expect(withSetting(settings, 'samples', 3.4).samples).toBe(3);
  expect(withSetting(settings, 'samples', 99).samples).toBe(8);
  expect(withSetting(settings, 'presencePenalty', -7).presencePenalty).toBe(-2);
});

test('stop strings, one per line', () => {
  expect(readStops('###\n\n\\n\\n\nUser:')).toEqual(['###', '\n\n', 'User:']);
  expect(readStops('a\\b')).toEqual(['a\\b']);
  for (const stops of [['\n'], ['a\tb', '\\n', ' ']]) {
    expect(readStops(stopsText(stops))).toEqual(stops);
  }
});

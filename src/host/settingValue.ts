// Makes a typed value of whatever somebody wrote into settings.json: what does not fit becomes the default or the
// nearest bound. Without VS Code, so that it can be tested alone.
import type { SettingContribution } from '../shared/contributions.ts';

export function settingValue(
  setting: SettingContribution,
  value: unknown,
): boolean | string | number | readonly string[] {
  switch (setting.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : setting.default;
    case 'string':
      return typeof value === 'string' ? value.trim() : setting.default;
    case 'list': {
      if (!Array.isArray(value)) return setting.default;
      const texts = value.filter((entry) => typeof entry === 'string').map((entry) => entry.trim());
      return [...new Set(texts)].filter((entry) => entry !== '');
    }
    case 'enum':
      return setting.values.find((known) => known === value) ?? setting.default;
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return setting.default;
      const [least, most] = setting.range;
      const bounded = Math.min(most, Math.max(least, value));
      return setting.type === 'integer' ? Math.round(bounded) : bounded;
    }
  }
}

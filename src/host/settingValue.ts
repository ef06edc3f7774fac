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
    case 'list':
      return Array.isArray(value) ? texts(value) : setting.default;
    case 'enum':
      return setting.values.find((known) => known === value) ?? setting.default;
    case 'integer':
    case 'number':
      return Number.isFinite(value) ? bounded(setting, value as number) : setting.default;
  }
}

/** Those that say something, each once. */
function texts(list: readonly unknown[]): readonly string[] {
  const written = list.filter((entry) => typeof entry === 'string').map((entry) => entry.trim());
  return [...new Set(written)].filter((entry) => entry !== '');
}

type NumberSetting = Extract<SettingContribution, { readonly type: 'integer' | 'number' }>;

function bounded({ type, range: [least, most] }: NumberSetting, value: number): number {
  const inside = Math.min(most, Math.max(least, value));
  return type === 'integer' ? Math.round(inside) : inside;
}

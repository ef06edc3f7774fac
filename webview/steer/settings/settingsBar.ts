// The settings of a run: length, temperature, seed.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { numberField } from '../../common/ui.ts';

export function settingsBar(
  initial: SteerSettings,
  onChange: (settings: SteerSettings) => void,
): HTMLElement {
  let settings = initial;
  const change = (part: Partial<SteerSettings>): void => {
    settings = { ...settings, ...part };
    onChange(settings);
  };
  const tokens = numberField({
    label: t('Tokens to generate, 1 to 200'),
    min: 1,
    max: 200,
    step: 1,
    value: settings.maxTokens,
    onInput: (value) => {
      change({ maxTokens: Math.round(value) });
    },
  });
  const temperature = numberField({
    label: t('Temperature, 0 to 2; 0 always takes the most likely token'),
    min: 0,
    max: 2,
    step: 0.1,
    value: settings.temperature,
    onInput: (value) => {
      change({ temperature: value });
    },
  });
  const seed = numberField({
    label: t('Seed; the same seed draws the same tokens'),
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    value: settings.seed,
    onInput: (value) => {
      change({ seed: Math.round(value) });
    },
  });
  return element(
    'div',
    { class: 'settings', attributes: { role: 'group', 'aria-label': t('Settings') } },
    setting(t('Tokens'), tokens.element, 'short', t('Most tokens to generate, 1 to 200')),
    setting(
      t('Temperature'),
      temperature.element,
      'short',
      t('0 always takes the most likely token'),
    ),
    setting(t('Seed'), seed.element, 'short', t('The same seed draws the same tokens')),
  );
}

function setting(name: string, control: HTMLElement, kind: string, title: string): HTMLElement {
  return element(
    'div',
    { class: `setting setting-${kind}`, attributes: { title } },
    element('span', { class: 'setting-name', attributes: { 'aria-hidden': 'true' } }, name),
    control,
  );
}

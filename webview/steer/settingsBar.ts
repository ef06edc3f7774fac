// The settings of a run: where edits apply, length, temperature, seed.
import type { SteerSettings } from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { dropdown, numberField } from '../common/ui.ts';

const scopeChoices = [
  { value: 'all', label: 'All tokens' },
  { value: 'prompt', label: 'Prompt only' },
  { value: 'generated', label: 'Continuation only' },
] as const;

export function settingsBar(
  initial: SteerSettings,
  onChange: (settings: SteerSettings) => void,
): HTMLElement {
  let settings = initial;
  const change = (part: Partial<SteerSettings>): void => {
    settings = { ...settings, ...part };
    onChange(settings);
  };
  const scope = dropdown({
    label: 'Apply edits to',
    choices: scopeChoices,
    value: settings.scope,
    onChange: (value) => {
      change({ scope: value });
    },
  });
  const tokens = numberField({
    label: 'Tokens to generate, 1 to 200',
    min: 1,
    max: 200,
    step: 1,
    value: settings.maxTokens,
    onInput: (value) => {
      change({ maxTokens: Math.round(value) });
    },
  });
  const temperature = numberField({
    label: 'Temperature, 0 to 2; 0 always takes the most likely token',
    min: 0,
    max: 2,
    step: 0.1,
    value: settings.temperature,
    onInput: (value) => {
      change({ temperature: value });
    },
  });
  const seed = numberField({
    label: 'Seed; the same seed draws the same tokens',
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
    { class: 'settings', attributes: { role: 'group', 'aria-label': 'Settings' } },
    setting('Apply edits to', scope, 'scope', 'Which tokens the edits touch'),
    setting('Tokens', tokens.element, 'short', 'Most tokens to generate, 1 to 200'),
    setting('Temperature', temperature.element, 'short', '0 always takes the most likely token'),
    setting('Seed', seed.element, 'short', 'The same seed draws the same tokens'),
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

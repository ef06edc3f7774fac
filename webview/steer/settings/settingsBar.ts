// How a run generates: length, temperature, samples and seed in sight, the rest behind a button.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';
import { disclosure } from '../../common/disclosure.ts';
import { element } from '../../common/element.ts';
import { checkbox, numberField, textArea } from '../../common/ui.ts';
import { setting } from './setting.ts';
import {
  type OptionalName,
  optionalNumbers,
  settingOf,
  withChat,
  withSetting,
  withStops,
} from './steerSettings.ts';
import { readStops, stopsText } from './stopStrings.ts';

export interface SettingsBarOptions {
  readonly settings: SteerSettings;
  readonly hasChatTemplate: boolean;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
  readonly onChange: (settings: SteerSettings) => void;
}

interface OptionalWords {
  readonly name: OptionalName;
  readonly label: string;
  readonly title: string;
}

export function settingsBar(options: SettingsBarOptions): HTMLElement {
  let { settings } = options;
  const change = (next: SteerSettings): void => {
    settings = next;
    options.onChange(next);
  };
  const optionalField = ({ name, label, title }: OptionalWords): HTMLElement => {
    const field = numberField({
      label: t('{0}: {1}', label, title),
      ...optionalNumbers[name],
      value: settingOf(settings, name),
      onInput: (value) => {
        change(withSetting(settings, name, value));
      },
    });
    return setting({ label, title, name, control: field.element });
  };
  const more = element(
    'div',
    { class: 'settings settings-more' },
    ...samplingWords().map(optionalField),
    stopField(settings, (stops) => {
      change(withStops(settings, stops));
    }),
  );
  const unfold = disclosure({
    ...{ label: t('More'), name: t('More settings') },
    content: more,
    isOpen: options.isOpen,
    onToggle: options.onToggle,
  });
  unfold.element.dataset['control'] = 'moreSettings';
  return element(
    'div',
    { class: 'settings-group', attributes: { role: 'group', 'aria-label': t('Settings') } },
    element(
      'div',
      { class: 'settings' },
      ...requiredFields(settings, (part) => {
        change({ ...settings, ...part });
      }),
      optionalField({
        ...{ name: 'samples', label: t('Samples') },
        title: t('Pairs of texts, 1 to 8; at temperature 0 they would all be the same'),
      }),
      ...(options.hasChatTemplate
        ? [
            chatBox(settings.chat === true, (isChat) => {
              change(withChat(settings, isChat));
            }),
          ]
        : []),
      unfold.element,
    ),
    more,
  );
}

function requiredFields(
  settings: SteerSettings,
  change: (part: Partial<SteerSettings>) => void,
): readonly HTMLElement[] {
  const tokens = numberField({
    label: t('Tokens to generate, 1 to 200'),
    ...{ min: 1, max: 200, step: 1, value: settings.maxTokens },
    onInput: (value) => {
      change({ maxTokens: Math.round(value) });
    },
  });
  const temperature = numberField({
    label: t('Temperature, 0 to 2; 0 always takes the most likely token'),
    ...{ min: 0, max: 2, step: 0.1, value: settings.temperature },
    onInput: (value) => {
      change({ temperature: value });
    },
  });
  const seed = numberField({
    label: t('Seed; the same seed draws the same tokens'),
    ...{ min: 0, max: 2 ** 31 - 1, step: 1, value: settings.seed },
    onInput: (value) => {
      change({ seed: Math.round(value) });
    },
  });
  return [
    setting({
      ...{ label: t('Tokens'), title: t('Most tokens to generate, 1 to 200') },
      ...{ name: 'maxTokens', control: tokens.element },
    }),
    setting({
      ...{ label: t('Temperature'), title: t('0 always takes the most likely token') },
      ...{ name: 'temperature', control: temperature.element },
    }),
    setting({
      ...{ label: t('Seed'), title: t('The same seed draws the same tokens') },
      ...{ name: 'seed', control: seed.element },
    }),
  ];
}

function samplingWords(): readonly OptionalWords[] {
  return [
    {
      ...{ name: 'topK', label: t('Top-k') },
      title: t('Only this many of the likeliest tokens; 0 for all'),
    },
    {
      ...{ name: 'topP', label: t('Top-p') },
      title: t('Only the likeliest tokens that make up this probability; 1 for all'),
    },
    {
      ...{ name: 'minP', label: t('Min-p') },
      title: t('Only tokens at least this likely beside the likeliest; 0 for all'),
    },
    {
      ...{ name: 'repetitionPenalty', label: t('Repetition') },
      title: t('Makes tokens that were there less likely; 1 changes nothing'),
    },
    {
      ...{ name: 'frequencyPenalty', label: t('Frequency') },
      title: t('Taken from a logit for each time its token was generated; 0 changes nothing'),
    },
    {
      ...{ name: 'presencePenalty', label: t('Presence') },
      title: t('Taken from a logit once its token was generated; 0 changes nothing'),
    },
  ];
}

function stopField(
  { stop = [] }: SteerSettings,
  onChange: (stops: readonly string[]) => void,
): HTMLElement {
  const area = textArea({
    label: t('Stop strings, one per line; \\n stands for the end of a line'),
    placeholder: t('One per line; \\n for a line end'),
    value: stopsText(stop),
    onInput: (text) => {
      onChange(readStops(text));
    },
  });
  return setting({
    ...{ label: t('Stop strings'), title: t('A text ends before the first of these in it') },
    ...{ name: 'stop', control: area.element },
  });
}

function chatBox(isChat: boolean, onChange: (isChat: boolean) => void): HTMLElement {
  const box = checkbox({
    label: t('Chat'),
    title: t('The prompt is what a user says: it is put into the chat template of the model'),
    isChecked: isChat,
    onChange,
  });
  box.element.dataset['control'] = 'chat';
  return box.element;
}

// Where the settings stand: they are drawn anew when they were changed from elsewhere, and what is unfolded stays so.
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { settingsBar } from './settingsBar.ts';

export interface SettingsPlace {
  readonly element: HTMLElement;
  show(settings: SteerSettings, hasChatTemplate: boolean): void;
}

export function settingsPlace(onChange: (settings: SteerSettings) => void): SettingsPlace {
  let isOpen = false;
  const place = element('div', { class: 'settings-place' });
  return {
    element: place,
    show: (settings, hasChatTemplate) => {
      place.replaceChildren(
        settingsBar({
          ...{ settings, hasChatTemplate, isOpen, onChange },
          onToggle: (isShown) => {
            isOpen = isShown;
          },
        }),
      );
    },
  };
}

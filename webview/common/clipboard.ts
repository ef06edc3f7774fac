// A button that copies and says so. The clipboard is refused to a page without focus, so refusal is a normal case.
import { t } from '../../src/shared/l10n.ts';
import { button } from './ui.ts';

const confirmationMilliseconds = 1500;

/** @param textOf read when the button is pressed */
export function copyButton(name: string, textOf: () => string): HTMLElement {
  const control = button({
    label: name,
    icon: 'copy',
    iconOnly: true,
    onPress: () => {
      void copy(textOf()).then((isCopied) => {
        if (isCopied) control.setLabel(t('Copied'), 'done');
        else control.setLabel(t('Copying was refused'), 'copy');
        setTimeout(() => {
          control.setLabel(name, 'copy');
        }, confirmationMilliseconds);
      });
    },
  });
  return control.element;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

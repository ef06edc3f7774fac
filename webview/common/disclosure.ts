// What most people need not see, behind a button that says whether it is shown.
import { element } from './element.ts';
import { icon } from './icons.ts';

export interface Disclosure {
  /** The button; what it shows stands where the caller puts it. */
  readonly element: HTMLElement;
  /** Shows it. */
  open(): void;
}

let made = 0;

/**
 * @param label of the button, whether `content` is shown or not
 * @param name the same for those who cannot see where it stands
 */
export function disclosure(options: {
  readonly label: string;
  readonly name: string;
  readonly content: HTMLElement;
  readonly isOpen: boolean;
  readonly onToggle?: (isOpen: boolean) => void;
}): Disclosure {
  const { label, name, content, onToggle } = options;
  content.id ||= `disclosed-${String((made += 1))}`;
  const show = (isOpen: boolean): void => {
    button.setAttribute('aria-expanded', String(isOpen));
    content.hidden = !isOpen;
  };
  const button = element(
    'button',
    {
      class: 'disclosure',
      attributes: { type: 'button', 'aria-controls': content.id, 'aria-label': name },
      onClick: () => {
        const isOpen = content.hidden === true;
        show(isOpen);
        onToggle?.(isOpen);
      },
    },
    icon('next'),
    label,
  );
  show(options.isOpen);
  return {
    element: button,
    open: () => {
      show(true);
    },
  };
}

// The controls of the views, and the only door to the control library (@vscode/webview-ui-toolkit, which is archived):
// replacing it means rewriting this file, so nothing of the library's types leaves it. Sliders and number fields, which it
// does not have, are the browser's own, styled in common.css.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextArea,
} from '@vscode/webview-ui-toolkit';
import { element } from './element.ts';
import { icon, type IconName } from './icons.ts';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextArea(),
);

export interface ButtonOptions {
  /** The text on it, or its name where only the icon is shown. */
  readonly label: string;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  readonly appearance?: 'primary' | 'secondary';
  readonly title?: string;
  readonly onPress: () => void;
}

export interface ButtonControl {
  readonly element: HTMLElement;
  setEnabled(isEnabled: boolean): void;
  setLabel(label: string, icon?: IconName): void;
}

export interface ValueControl<T> {
  readonly element: HTMLElement;
  value: T;
}

type LibraryElement = HTMLElement & { disabled: boolean; value: string };

export function button(options: ButtonOptions): ButtonControl {
  const isIconOnly = options.iconOnly === true;
  const control = libraryElement('vscode-button', {
    appearance: isIconOnly ? 'icon' : (options.appearance ?? 'secondary'),
    title: options.title,
  });
  let face = '';
  const setLabel = (label: string, iconName?: IconName): void => {
    const next = `${iconName ?? ''} ${label}`;
    // Nodes replaced between press and release would swallow the click.
    if (next === face) return;
    face = next;
    const shown = iconName === undefined ? [] : [icon(iconName)];
    if (isIconOnly) {
      control.setAttribute('aria-label', label);
      control.title = options.title ?? label;
      control.replaceChildren(...shown);
      return;
    }
    for (const drawing of shown) drawing.setAttribute('slot', 'start');
    control.replaceChildren(...shown, label);
  };
  setLabel(options.label, options.icon);
  control.addEventListener('click', () => {
    if (!control.disabled) options.onPress();
  });
  return {
    element: control,
    setEnabled: (isEnabled) => {
      control.disabled = !isEnabled;
    },
    setLabel,
  };
}

export interface TextAreaOptions {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function textArea(options: TextAreaOptions): ValueControl<string> {
  const control = libraryElement('vscode-text-area', {
    placeholder: options.placeholder,
    resize: 'vertical',
  });
  keepName(control, options.label);
  control.value = options.value;
  control.addEventListener('input', () => {
    options.onInput(control.value);
  });
  return valueOf(control);
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface DropdownOptions<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function dropdown<T extends string>(options: DropdownOptions<T>): HTMLElement {
  const control = libraryElement('vscode-dropdown', { 'aria-label': options.label });
  for (const { value, label } of options.choices) {
    const isSelected = value === options.value;
    const option = libraryElement('vscode-option', { value, selected: isSelected });
    option.textContent = label;
    control.append(option);
  }
  let current = options.value;
  control.addEventListener('change', () => {
    const chosen = options.choices.find(({ value }) => value === control.value);
    // The library also reports a change when any key is pressed in a list that was never opened.
    if (chosen === undefined || chosen.value === current) return;
    current = chosen.value;
    options.onChange(current);
  });
  return control;
}

export interface CheckboxOptions {
  readonly label: string;
  readonly title?: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function checkbox(options: CheckboxOptions): ValueControl<boolean> {
  const control = libraryElement('vscode-checkbox', {
    title: options.title,
    checked: options.isChecked,
  }) as LibraryElement & { checked: boolean };
  control.append(options.label);
  control.addEventListener('change', () => {
    // The library also reports what was set from here.
    if (control.checked === value) return;
    value = control.checked;
    options.onChange(value);
  });
  let value = options.isChecked;
  return {
    element: control,
    get value() {
      return value;
    },
    set value(isChecked) {
      value = isChecked;
      control.checked = isChecked;
    },
  };
}

export interface TextFieldOptions {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  /** What is wrong with a text, in one sentence; what is wrong is reported all the same. */
  readonly problemOf?: (value: string) => string | undefined;
  readonly onInput: (value: string) => void;
}

export interface TextFieldControl extends ValueControl<string> {
  readonly input: HTMLInputElement;
}

let textFields = 0;

/** One line of text, with what is wrong with it below. */
export function textField(options: TextFieldOptions): TextFieldControl {
  const id = `text-field-${String((textFields += 1))}`;
  const { label, placeholder, value } = options;
  const input = element('input', {
    class: 'text-field',
    attributes: { type: 'text', 'aria-label': label, title: label, placeholder, value },
  });
  const problem = element('span', { class: 'field-problem', attributes: { id } });
  const check = (): void => {
    const words = options.problemOf?.(input.value);
    problem.textContent = words ?? '';
    problem.hidden = words === undefined;
    input.setAttribute('aria-invalid', String(words !== undefined));
    if (words === undefined) input.removeAttribute('aria-describedby');
    else input.setAttribute('aria-describedby', id);
  };
  input.addEventListener('input', () => {
    check();
    options.onInput(input.value);
  });
  check();
  return {
    element: element('span', { class: 'field-with-problem' }, input, problem),
    input,
    get value() {
      return input.value;
    },
    set value(text) {
      input.value = text;
      check();
    },
  };
}

export interface NumberOptions {
  readonly label: string;
  readonly min?: number;
  readonly max?: number;
  readonly step: number | 'any';
  readonly value: number;
  /** Called with finite numbers only. */
  readonly onInput: (value: number) => void;
}

/** A number field; what is typed may pass its bounds, what is reported never does, and leaving it shows what counts. */
export function numberField(options: NumberOptions): ValueControl<number> {
  const { min = -Infinity, max = Infinity } = options;
  let last = options.value;
  const control = numberInput('number', {
    ...options,
    onInput: (value) => {
      last = Math.min(max, Math.max(min, value));
      options.onInput(last);
    },
  });
  control.addEventListener('change', () => {
    control.value = String(last);
  });
  return {
    element: control,
    get value() {
      return last;
    },
    set value(value) {
      last = value;
      control.value = String(value);
    },
  };
}

export function slider(options: NumberOptions): ValueControl<number> {
  return numberOf(numberInput('range', options));
}

/** Says that something is going on; it stands still where the reader asked for less motion. */
export function progressRing(): HTMLElement {
  const ring = libraryElement('vscode-progress-ring', {});
  ring.setAttribute('aria-hidden', 'true');
  return ring;
}

function numberInput(type: 'number' | 'range', options: NumberOptions): HTMLInputElement {
  const { label, min, max, step, value } = options;
  const control = element('input', {
    class: type === 'range' ? 'slider' : 'number-field',
    attributes: { type, 'aria-label': label, min, max, step, value },
  });
  control.addEventListener('input', () => {
    if (Number.isFinite(control.valueAsNumber)) options.onInput(control.valueAsNumber);
  });
  return control;
}

function libraryElement(
  tag: string,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
): LibraryElement {
  const control = document.createElement(tag) as LibraryElement;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) control.setAttribute(name, String(value));
  }
  return control;
}

/** The library gives a text area a name of its own, in English, whenever it comes into the page. */
function keepName(control: HTMLElement, name: string): void {
  const restore = (): void => {
    if (control.getAttribute('aria-label') !== name) control.setAttribute('aria-label', name);
  };
  restore();
  new MutationObserver(restore).observe(control, { attributeFilter: ['aria-label'] });
}

function valueOf(control: LibraryElement): ValueControl<string> {
  return {
    element: control,
    get value() {
      return control.value;
    },
    set value(value) {
      control.value = value;
    },
  };
}

function numberOf(control: HTMLInputElement): ValueControl<number> {
  return {
    element: control,
    get value() {
      return control.valueAsNumber;
    },
    set value(value) {
      control.value = String(value);
    },
  };
}

// One list to choose from: sections, a filter that also looks at descriptions and details, hundreds of entries, and an
// entry for what is typed. It opens at once and fills when the entries are known; whoever closes it before stops the
// question.
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Choice } from './choices.ts';

export interface PickOptions<Wanted> {
  readonly title: string;
  readonly placeholder: string;
  /** Shown until the choices are known. */
  readonly waiting: string;
  readonly choices: (signal: AbortSignal) => Promise<readonly Choice<Wanted>[]>;
  /** An entry for what is typed, in front of all others. */
  readonly typed?: (text: string) => Choice<Wanted> | undefined;
  /** A single choice is taken without being asked for. */
  readonly takesOnly?: boolean;
}

interface Item<Wanted> extends vscode.QuickPickItem {
  readonly choice?: Choice<Wanted>;
  readonly isTyped?: boolean;
}

/**
 * @returns what is wanted, or `undefined` when nothing was chosen
 * @throws whatever finding the choices throws
 */
export async function pickChoice<Wanted>(
  options: PickOptions<Wanted>,
): Promise<Wanted | undefined> {
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<Item<Wanted>>());
  const stop = new AbortController();
  picker.title = options.title;
  picker.placeholder = options.waiting;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.busy = true;
  let known: readonly Item<Wanted>[] = [];
  const show = (): void => {
    const typed = options.typed?.(picker.value);
    picker.items = [...(typed === undefined ? [] : typedItems(typed)), ...known];
  };
  if (options.typed !== undefined) lifetime.add(picker.onDidChangeValue(show));
  try {
    return await new Promise<Wanted | undefined>((resolve, reject) => {
      const take = (wanted: Wanted | string | undefined): void => {
        if (typeof wanted === 'string') void vscode.window.showInformationMessage(wanted);
        else if (wanted !== undefined) resolve(wanted);
      };
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      const accept = (): void => {
        const [active] = picker.activeItems;
        // Whoever types fast is ahead of the entry that is shown for it.
        take((active?.isTyped === true ? options.typed?.(picker.value) : active?.choice)?.wanted);
      };
      lifetime.add(picker.onDidAccept(accept));
      options.choices(stop.signal).then((choices) => {
        const [only] = choices;
        if (choices.length === 1 && options.takesOnly === true) take(only?.wanted);
        known = itemsOf(choices);
        picker.busy = false;
        picker.placeholder = options.placeholder;
        show();
      }, reject);
      picker.show();
    });
  } finally {
    stop.abort();
    lifetime.dispose();
  }
}

function itemsOf<Wanted>(choices: readonly Choice<Wanted>[]): readonly Item<Wanted>[] {
  return choices.flatMap((choice, index): readonly Item<Wanted>[] => {
    const isFirst = choice.section !== '' && choice.section !== choices[index - 1]?.section;
    return [...(isFirst ? [separator<Wanted>(choice.section)] : []), itemOf(choice)];
  });
}

function separator<Wanted>(label: string): Item<Wanted> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function itemOf<Wanted>(choice: Choice<Wanted>): Item<Wanted> {
  const { label, description, detail } = choice;
  return { label, description, ...(detail !== undefined && { detail }), choice };
}

function typedItems<Wanted>(choice: Choice<Wanted>): readonly Item<Wanted>[] {
  return [
    separator<Wanted>(choice.section),
    { ...itemOf(choice), isTyped: true, alwaysShow: true },
  ];
}

// Undo and redo: two buttons, and the keys that people try.
import { t } from '../../src/shared/l10n.ts';
import { element } from '../common/element.ts';
import { button } from '../common/ui.ts';

export interface HistoryActions {
  readonly undo: () => void;
  readonly redo: () => void;
}

export interface HistoryBar {
  readonly element: HTMLElement;
  show(state: { readonly canUndo: boolean; readonly canRedo: boolean }): void;
}

export function historyBar({ undo, redo }: HistoryActions): HistoryBar {
  const isMac = navigator.userAgent.includes('Mac');
  const back = button({
    ...{ label: t('Undo'), icon: 'undo', iconOnly: true, onPress: undo },
    title: isMac ? t('Undo (⌘Z)') : t('Undo (Ctrl+Z)'),
  });
  const forth = button({
    ...{ label: t('Redo'), icon: 'redo', iconOnly: true, onPress: redo },
    title: isMac ? t('Redo (⇧⌘Z)') : t('Redo (Ctrl+Shift+Z)'),
  });
  return {
    element: element(
      'div',
      { class: 'history-bar', attributes: { role: 'group', 'aria-label': t('Undo and redo') } },
      ...[back.element, forth.element],
    ),
    show: ({ canUndo, canRedo }) => {
      back.setEnabled(canUndo);
      forth.setEnabled(canRedo);
    },
  };
}

/** The prompt keeps the undo of its field; everything else has that of the panel. */
export function listenForHistoryKeys(place: HTMLElement, { undo, redo }: HistoryActions): void {
  place.addEventListener('keydown', (event) => {
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    const isInText =
      event.target instanceof Element && event.target.closest('vscode-text-area') !== null;
    if (!isCommand || isInText) return;
    const key = event.key.toLowerCase();
    const act =
      key === 'y' || (key === 'z' && event.shiftKey) ? redo : key === 'z' ? undo : undefined;
    if (act === undefined) return;
    event.preventDefault();
    // VS Code would undo the last change in an editor as well.
    event.stopPropagation();
    act();
  });
}

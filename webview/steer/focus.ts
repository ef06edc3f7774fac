// Where the focus is, by what it is on, so that it can stay there or go there while rows are drawn anew: a control is its
// `data-control` and the `data-target` of its row, see `targetKey`.

type Control = HTMLElement | SVGElement;

/** Keeps the focus where it is while what is there is drawn anew. */
export function keepFocus(place: HTMLElement, draw: () => void): void {
  const focused = document.activeElement;
  const address = focused !== null && place.contains(focused) ? addressOf(focused) : undefined;
  draw();
  if (address === undefined) return;
  const controls = [...place.querySelectorAll<Control>('[data-control]')];
  controls.find((control) => addressOf(control) === address)?.focus();
}

/** Moves it to the edit of a row, where there is such a row. */
export function focusRow(place: HTMLElement, target: string): void {
  const rows = [...place.querySelectorAll<HTMLElement>('[data-target]')];
  const row = rows.find(({ dataset }) => dataset['target'] === target);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector<HTMLElement>('.operation')?.focus();
}

/**
 * Draws the rows without the one that has the focus, which goes to the row in its place, else to the one before.
 * @returns whether there is a row that has it now
 */
export function leaveRow(place: HTMLElement, draw: () => void): boolean {
  const rows = (): HTMLElement[] => [...place.querySelectorAll<HTMLElement>('[data-target]')];
  const at = rows().findIndex((row) => row.matches(':focus-within'));
  draw();
  const left = rows();
  const next = left[at] ?? left.at(-1);
  next?.querySelector<HTMLElement>('.operation')?.focus();
  return next !== undefined;
}

/** The target of the row that has it. */
export function focusedTarget(place: HTMLElement): string | undefined {
  return place.querySelector<HTMLElement>('[data-target]:focus-within')?.dataset['target'];
}

function addressOf(inside: Element): string | undefined {
  const control = inside.closest<Control>('[data-control]');
  if (control === null) return undefined;
  const row = control.closest<HTMLElement>('[data-target]');
  return JSON.stringify([row?.dataset['target'], control.dataset['control']]);
}

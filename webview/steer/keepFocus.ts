// Keeps the focus where it is while what is there is drawn anew. Controls are found again by what they are for: their
// `data-control`, and the feature of the row they are in.

export function keepFocus(place: HTMLElement, draw: () => void): void {
  const focused = document.activeElement;
  const isInside = focused instanceof HTMLElement && place.contains(focused);
  const address = isInside ? addressOf(focused) : undefined;
  draw();
  if (address === undefined) return;
  const controls = [...place.querySelectorAll<HTMLElement>('[data-control]')];
  controls.find((control) => addressOf(control) === address)?.focus();
}

function addressOf(inside: HTMLElement): string | undefined {
  const control = inside.closest<HTMLElement>('[data-control]');
  if (control === null) return undefined;
  const row = control.closest<HTMLElement>('[data-feature]');
  return JSON.stringify([row?.dataset['sae'], row?.dataset['feature'], control.dataset['control']]);
}

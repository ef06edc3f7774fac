// Keeps the focus where it is while what is there is drawn anew. Controls are found again by what they are for: their
// `data-control`, and the feature of the row they are in.

type Control = HTMLElement | SVGElement;

export function keepFocus(place: HTMLElement, draw: () => void): void {
  const focused = document.activeElement;
  const address = focused !== null && place.contains(focused) ? addressOf(focused) : undefined;
  draw();
  if (address === undefined) return;
  const controls = [...place.querySelectorAll<Control>('[data-control]')];
  controls.find((control) => addressOf(control) === address)?.focus();
}

function addressOf(inside: Element): string | undefined {
  const control = inside.closest<Control>('[data-control]');
  if (control === null) return undefined;
  const row = control.closest<HTMLElement>('[data-feature]');
  return JSON.stringify([row?.dataset['sae'], row?.dataset['feature'], control.dataset['control']]);
}

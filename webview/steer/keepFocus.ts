// Keeps the focus where it is while what is there is drawn anew. Controls are found again by what they are for: their
// `data-control`, and the feature of the row they are in.
import type { FeatureRef } from '../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../src/shared/units.ts';

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

/** The feature of the row that has the focus. */
export function focusedFeature(place: HTMLElement): FeatureRef | undefined {
  const row = place.querySelector<HTMLElement>('.feature-row:focus-within');
  const { sae, feature } = row?.dataset ?? {};
  if (sae === undefined || feature === undefined) return undefined;
  return { sae, feature: featureIndex(Number(feature)) };
}

// Puts the colour of a feature on an element: its versions as custom properties, of which common.css picks the one for
// theme and palette. A change of either therefore needs no code.
import { featureColour } from '../../src/shared/palette.ts';
import type { FeatureIndex } from '../../src/shared/units.ts';
import { element } from './element.ts';

/** Inside `target`, `var(--feature)` is the colour of the feature. */
export function paintFeature(target: HTMLElement, feature: FeatureIndex): void {
  const standard = featureColour(feature, 'standard');
  const safe = featureColour(feature, 'colourBlindSafe');
  target.classList.add('feature-colour');
  target.style.setProperty('--feature-light', standard.light);
  target.style.setProperty('--feature-dark', standard.dark);
  target.style.setProperty('--feature-safe-light', safe.light);
  target.style.setProperty('--feature-safe-dark', safe.dark);
}

/** Paints with how strongly a token shows: 0 none, 1 as strong as possible. */
export function paintStrength(target: HTMLElement | SVGElement, strength: number): void {
  const bounded = Math.min(1, Math.max(0, Number.isFinite(strength) ? strength : 0));
  target.style.setProperty('--strength', bounded.toFixed(3));
}

/** The small square that shows a feature's colour. */
export function swatch(feature: FeatureIndex): HTMLElement {
  const square = element('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } });
  paintFeature(square, feature);
  return square;
}

// What a view paints over tokens. Pure: tokens and facts in, stretches with paints out. Without VS Code.
import type { FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { View } from '../../view/view.ts';
import type { PaintFacts } from './facts.ts';
import { heatOf, pins } from './followed.ts';
import { lossChanges } from './lossChanges.ts';
import type { Stretch } from './stretches.ts';
import { strongestOfAll, strongestOfOne } from './strongest.ts';
import { boundaries, surprises } from './tokensAlone.ts';

/** In text order and without overlaps, save for marks of other pinned features, which come last. */
export function paintView(
  view: View,
  rows: readonly TokenRows[],
  facts: PaintFacts,
): readonly Stretch[] {
  switch (view.kind) {
    case 'off':
      return [];
    case 'top':
    case 'neurons':
      return facts.shown === undefined ? [] : strongestOfOne(rows, facts.shown, facts);
    case 'merged':
      return strongestOfAll(rows, facts);
    case 'feature':
      return heatOf(rows, view.feature, facts);
    case 'ablation':
      return lossChanges(rows, facts);
    case 'pinned':
      return pins(rows, facts);
    case 'surprise':
      return surprises(rows, facts);
    case 'boundaries':
      return boundaries(rows, facts);
  }
}

/** Is the whole document painted, so that what is followed has marks in the overview ruler? */
export function paintsWholeText({ kind }: View): boolean {
  return kind === 'feature' || kind === 'ablation' || kind === 'pinned';
}

/** Features chosen one by one, whose occurrences can be gone through. */
export function followedFeatures(view: View, pinned: readonly FeatureRef[]): readonly FeatureRef[] {
  if (view.kind === 'feature') return [view.feature];
  return view.kind === 'pinned' ? pinned : [];
}

/** Features that a view may paint, SAE by SAE: what should be known of them before it does. */
export function featuresToKnow(
  view: View,
  rows: readonly TokenRows[],
  { shown, saes, pinned }: Pick<PaintFacts, 'shown' | 'saes' | 'pinned'>,
): ReadonlyMap<SaePlace, ReadonlySet<number>> {
  const known = new Map<SaePlace, Set<number>>();
  for (const { sae, feature } of followedFeatures(view, pinned)) {
    known.set(sae, (known.get(sae) ?? new Set<number>()).add(feature));
  }
  for (const sae of paintedSaes(view, shown, saes)) known.set(sae, activeFeatures(rows, sae));
  return known;
}

function paintedSaes(
  { kind }: View,
  shown: SaePlace | undefined,
  saes: readonly SaePlace[],
): readonly SaePlace[] {
  if (kind === 'merged') return saes;
  return (kind === 'top' || kind === 'neurons') && shown !== undefined ? [shown] : [];
}

function activeFeatures(rows: readonly TokenRows[], sae: SaePlace): Set<number> {
  const found = new Set<number>();
  for (const { batch, first, last } of rows) {
    const reading = batch.readings.find((each) => each.sae === sae);
    if (reading === undefined) continue;
    const { slots, features, activations } = reading;
    for (let slot = first * slots; slot < last * slots; slot++) {
      if ((activations[slot] ?? 0) > 0) found.add(features[slot] ?? 0);
    }
  }
  return found;
}

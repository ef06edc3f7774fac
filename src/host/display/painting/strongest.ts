// Tokens in the colours of their strongest features: those of one SAE, or of all that are active. Without VS Code.
import type { FeatureRef, SaePlace, SaeReading } from '../../../shared/engineProtocol.ts';
import { paletteSlot } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { FeatureScale } from './featureScale.ts';
import { paints } from './paint.ts';
import { strengthLevel } from './strength.ts';
import { StretchList } from './stretches.ts';
import type { Stretch } from './stretches.ts';

interface Strongest extends FeatureRef {
  readonly share: number;
  /** What it is compared by: activations of one SAE, shares of several. */
  readonly weight: number;
}

/** Features of one SAE, each token's by activation; features that are not shown leave the place to the next one. */
export function strongestOfOne(
  rows: readonly TokenRows[],
  sae: SaePlace,
  facts: PaintFacts,
): readonly Stretch[] {
  const scale = new FeatureScale(sae, rows, facts);
  return painted(rows, facts, (batch) => {
    const reading = batch.readings.find((each) => each.sae === sae);
    return (row) => reading && strongestIn(reading, row, scale);
  });
}

/** Features of all active SAEs, each against its own maximum: activations of different SAEs have nothing in common. */
export function strongestOfAll(rows: readonly TokenRows[], facts: PaintFacts): readonly Stretch[] {
  const scales = new Map(facts.saes.map((sae) => [sae, new FeatureScale(sae, rows, facts)]));
  return painted(rows, facts, (batch) => {
    const readings = batch.readings.filter(({ sae }) => scales.has(sae));
    return (row) => {
      let best: Strongest | undefined;
      for (const reading of readings) {
        const found = mostShareIn(reading, row, scales.get(reading.sae));
        if (found !== undefined && found.share > (best?.share ?? 0)) best = found;
      }
      return best;
    };
  });
}

type StrongestOn = (row: number) => Strongest | undefined;

function painted(
  rows: readonly TokenRows[],
  { text, textStart, palette, showsOn }: PaintFacts,
  strongestOf: (batch: TokenRows['batch']) => StrongestOn,
): readonly Stretch[] {
  const list = new StretchList();
  for (const { batch, first, last, shift } of rows) {
    const strongestOn = strongestOf(batch);
    for (let row = first; row < last; row++) {
      const strongest = showsOn(batch.ids[row] ?? 0) ? strongestOn(row) : undefined;
      if (strongest === undefined) continue;
      const { sae, feature, share, weight } = strongest;
      const slot = paletteSlot(feature, palette);
      list.add({
        start: (batch.starts[row] ?? 0) + shift,
        end: (batch.ends[row] ?? 0) + shift,
        weight,
        paint: paints.feature(palette, slot, strengthLevel(share)),
        strength: share,
        feature: { sae, feature },
      });
    }
  }
  return list.withoutBlanks(text, textStart);
}

/** Slots are ordered; behind the strongest ones lie those that are only there because somebody follows them. */
function strongestIn(
  { sae, topK, slots, features, activations }: SaeReading,
  row: number,
  scale: FeatureScale,
): Strongest | undefined {
  for (let slot = row * slots; slot < row * slots + topK; slot++) {
    const activation = activations[slot] ?? 0;
    if (!(activation > 0)) return undefined;
    const feature = featureIndex(features[slot] ?? 0);
    const share = scale.share(feature, activation);
    if (share > 0) return { sae, feature, share, weight: activation };
  }
  return undefined;
}

function mostShareIn(
  { sae, topK, slots, features, activations }: SaeReading,
  row: number,
  scale: FeatureScale | undefined,
): Strongest | undefined {
  let best: Strongest | undefined;
  for (let slot = row * slots; slot < row * slots + topK; slot++) {
    const activation = activations[slot] ?? 0;
    if (!(activation > 0)) break;
    const feature = featureIndex(features[slot] ?? 0);
    const share = scale?.share(feature, activation) ?? 0;
    if (share > (best?.share ?? 0)) best = { sae, feature, share, weight: share };
  }
  return best;
}

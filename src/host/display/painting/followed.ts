// Where a few chosen features are active: the one of a heatmap, or those that are pinned. Without VS Code.
import type { FeatureRef, SaePlace, SaeReading } from '../../../shared/engineProtocol.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { FeatureScale } from './featureScale.ts';
import { paints } from './paint.ts';
import type { Paint } from './paint.ts';
import { strengthLevel } from './strength.ts';
import { StretchList } from './stretches.ts';
import type { Stretch } from './stretches.ts';

/** A followed feature that is active somewhere: of several the one that is strongest against its own maximum. */
interface Active<Followed extends FeatureRef> {
  readonly followed: Followed;
  readonly share: number;
  /** Another one is active, too. */
  readonly isShared: boolean;
}

/** A token on which one is; the token's own range, blanks included. */
export interface ActiveToken<Followed extends FeatureRef> extends Active<Followed> {
  readonly start: number;
  readonly end: number;
}

/** In text order. Complete where the analysis follows the features, else as far as they are among the strongest ones. */
export function activeTokens<Followed extends FeatureRef>(
  rows: readonly TokenRows[],
  all: readonly Followed[],
  facts: PaintFacts,
): readonly ActiveToken<Followed>[] {
  const found: ActiveToken<Followed>[] = [];
  const perSae = groups(all, rows, facts);
  for (const { batch, first, last, shift } of rows) {
    const readings = batch.readings.flatMap((reading) => {
      const group = perSae.get(reading.sae);
      return group === undefined ? [] : [{ ...reading, ...group }];
    });
    for (let row = first; row < last; row++) {
      const active = activeIn(readings, row);
      if (active === undefined || !facts.showsOn(batch.ids[row] ?? 0)) continue;
      const [start, end] = [(batch.starts[row] ?? 0) + shift, (batch.ends[row] ?? 0) + shift];
      found.push({ start, end, ...active });
    }
  }
  return found;
}

function activeIn<Followed extends FeatureRef>(
  readings: readonly (SaeReading & Group<Followed>)[],
  row: number,
): Active<Followed> | undefined {
  let best: Active<Followed> | undefined;
  for (const { slots, features, activations, sieve, wanted, scale } of readings) {
    for (let slot = row * slots; slot < (row + 1) * slots; slot++) {
      const feature = features[slot] ?? 0;
      if (sieve[feature & sieveMask] === 0) continue;
      const followed = wanted.get(feature);
      const activation = activations[slot] ?? 0;
      if (followed === undefined || !(activation > 0)) continue;
      const share = scale.share(followed.feature, activation);
      if (share > 0) best = stronger(best, { followed, share, isShared: best !== undefined });
    }
  }
  return best;
}

function stronger<Followed extends FeatureRef>(
  best: Active<Followed> | undefined,
  other: Active<Followed>,
): Active<Followed> {
  return best === undefined || other.share > best.share ? other : { ...best, isShared: true };
}

/** Nearly all features of a text are told apart from the few that are followed by the last bits of their numbers. */
const sieveMask = 0x3ff;

interface Group<Followed> {
  /** [sieveMask + 1] 0: no followed feature ends in these bits. */
  readonly sieve: Uint8Array;
  readonly wanted: ReadonlyMap<number, Followed>;
  readonly scale: FeatureScale;
}

function groups<Followed extends FeatureRef>(
  all: readonly Followed[],
  rows: readonly TokenRows[],
  facts: PaintFacts,
): ReadonlyMap<SaePlace, Group<Followed>> {
  const saes = new Set(all.map(({ sae }) => sae));
  return new Map(
    [...saes].map((sae) => {
      const own = all.filter((each) => each.sae === sae);
      const wanted = new Map(own.map((each): [number, Followed] => [each.feature, each]));
      const sieve = new Uint8Array(sieveMask + 1);
      for (const { feature } of own) sieve[feature & sieveMask] = 1;
      return [sae, { sieve, wanted, scale: new FeatureScale(sae, rows, facts, true) }];
    }),
  );
}

/** A heatmap of one feature. */
export function heatOf(
  rows: readonly TokenRows[],
  feature: FeatureRef,
  facts: PaintFacts,
): readonly Stretch[] {
  return paintedWith(activeTokens(rows, [feature], facts), facts, (_, level) => paints.heat(level));
}

/** Each pinned feature in its colour, with a mark where several are active. */
export function pins(rows: readonly TokenRows[], facts: PaintFacts): readonly Stretch[] {
  const tokens = activeTokens(rows, facts.pinned, facts);
  const colours = paintedWith(tokens, facts, ({ slot }, level) =>
    paints.pin(facts.palette, slot, level),
  );
  const shared = tokens.filter(({ isShared }) => isShared);
  const others = paintedWith(shared, facts, () => paints.otherPins);
  return [...colours, ...others.map((stretch) => ({ ...stretch, feature: undefined }))];
}

function paintedWith<Followed extends FeatureRef>(
  tokens: readonly ActiveToken<Followed>[],
  { text, textStart }: PaintFacts,
  paintOf: (followed: Followed, level: number) => Paint,
): readonly Stretch[] {
  const list = new StretchList();
  for (const { start, end, followed, share } of tokens) {
    const paint = paintOf(followed, strengthLevel(share));
    list.add({ start, end, weight: share, paint, strength: share, feature: followed });
  }
  return list.withoutBlanks(text, textStart, true);
}

// The features that are most active on some tokens of a window, and their part in all that is active there.
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import { analyseWindow, type Breath } from '../analysis/analysedWindow.ts';
import { tallyFeatures } from '../analysis/featureTally.ts';
import { rowsOf } from '../analysis/topFeatures.ts';
import { recordedPerToken } from '../features/recordedPerToken.ts';
import type { OpenSource } from '../sources/openSource.ts';

export interface StrongFeature extends FeatureRef {
  /** Largest activation on the tokens. */
  readonly activation: number;
  /** Sum of the activations on them. */
  readonly total: number;
  /** Of the total of its SAE on them, 0 … 1. */
  readonly share: number;
}

export interface ReadStretch {
  /** [T] of the whole window, without BOS. */
  readonly ids: Uint32Array;
  /** Tokens [from, to) of it. */
  readonly from: number;
  readonly to: number;
}

/** Features read of each token: above the L0 of SAEs in use. Of neurons as many as a feature store records. */
const readPerToken = 256;

/**
 * Strongest first. Of each token no fewer features are read than wanted, so the strongest are exact, and totals are where
 * no token has more active features than are read.
 * @param top most features
 * @param ofEachSae `top` of every SAE
 * @throws whatever `breath` throws
 */
export async function strongestFeatures(
  open: OpenSource,
  { ids, from, to }: ReadStretch,
  { top, ofEachSae }: { readonly top: number; readonly ofEachSae: boolean },
  breath: Breath,
): Promise<StrongFeature[]> {
  const widest = Math.max(...open.saes.map(({ sae }) => sae.F));
  const wanted = Math.max(top, readPerToken, ...open.saes.map(({ sae }) => recordedPerToken(sae)));
  const run = await open.windowRun(Math.min(widest, wanted), false);
  // Where results depend on how a window is cut it is cut as ever, else nothing behind the tokens has to run.
  const read = run.fixedBlocks ? ids : ids.subarray(0, to);
  const { readings } = await analyseWindow(run, read, undefined, breath);
  const bySae = readings.map((reading, n) => {
    const tallies = [...tallyFeatures(rowsOf(reading, from, to))].sort(([a], [b]) => a - b);
    const all = tallies.reduce((sum, [, { total }]) => sum + total, 0);
    const features = tallies.map(([feature, { max, total }]) => ({
      sae: open.saes[n]?.place ?? '',
      feature: featureIndex(feature),
      activation: max,
      total,
      share: total / all,
    }));
    return strongest(features, top);
  });
  return ofEachSae ? bySae.flat() : strongest(bySae.flat(), top);
}

/** Equally strong ones in the order of their SAEs and numbers. */
function strongest(features: readonly StrongFeature[], top: number): StrongFeature[] {
  return features.toSorted((a, b) => b.activation - a.activation).slice(0, top);
}

// Which features are active in a text, ranked by the sum of their activations over its tokens.
import type { ActiveFeature } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import {
  analyseWindow,
  type AnalysedWindow,
  type Breath,
  type WindowRun,
} from './analysedWindow.ts';
import { lineStarts, planWindows } from './windows.ts';

export interface RankedText {
  readonly run: WindowRun;
  /** Most text tokens per window. */
  readonly capacity: number;
  readonly text: string;
  readonly encoded: EncodedText;
}

interface Tally {
  total: number;
  max: number;
  /** Token of the text on which it peaks. */
  peak: number;
}

export async function rankActiveFeatures(
  { run, capacity, text, encoded }: RankedText,
  limit: number,
  breath: Breath,
): Promise<ActiveFeature[]> {
  const tallies = new Map<number, Tally>();
  const isLineStart = lineStarts(text, encoded.starts);
  for (const { start, from, end } of planWindows(encoded.ids, isLineStart, capacity)) {
    const ids = encoded.ids.slice(start, end);
    const window = await analyseWindow(run, ids, undefined, breath);
    for (let token = from; token < end; token++) tallyRow(tallies, window, token - start, token);
  }
  return [...tallies]
    .sort(([a, { total }], [b, { total: other }]) => other - total || a - b)
    .slice(0, limit)
    .map(([feature, { total, max, peak }]) => ({
      feature: featureIndex(feature),
      total,
      max,
      peakToken: text.slice(encoded.starts[peak], encoded.ends[peak]),
    }));
}

function tallyRow(
  tallies: Map<number, Tally>,
  { topK, features, activations }: AnalysedWindow,
  row: number,
  token: number,
): void {
  for (let at = row * topK; at < (row + 1) * topK; at++) {
    const activation = activations[at] ?? 0;
    // Strongest first: behind the first inactive slot there is nothing.
    if (activation <= 0) return;
    const feature = features[at] ?? 0;
    const tally = tallies.get(feature);
    if (tally === undefined)
      tallies.set(feature, { total: activation, max: activation, peak: token });
    else {
      tally.total += activation;
      if (activation > tally.max) {
        tally.max = activation;
        tally.peak = token;
      }
    }
  }
}

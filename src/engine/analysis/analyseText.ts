// Analyses a text once, as a whole, keeping nothing for later: for ranking features and building feature stores.
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import { analyseWindow, type Breath, type WindowRun } from './analysedWindow.ts';
import { lineStarts, planWindows } from './windows.ts';

export interface TextToAnalyse {
  readonly text: string;
  readonly encoded: EncodedText;
}

/** Row t belongs to token t of the text, a BOS in front has no row. */
export interface AnalysedText {
  readonly topK: number;
  /** [T, K] strongest first; slots past the last active feature have activation 0. */
  readonly features: Uint32Array;
  readonly activations: Float32Array;
}

/** @param capacity most text tokens per window */
export async function analyseText(
  run: WindowRun,
  capacity: number,
  { text, encoded }: TextToAnalyse,
  breath: Breath,
): Promise<AnalysedText> {
  const { ids, starts } = encoded;
  const { topK } = run;
  const features = new Uint32Array(ids.length * topK);
  const activations = new Float32Array(ids.length * topK);
  for (const { start, from, end } of planWindows(ids, lineStarts(text, starts), capacity)) {
    const window = await analyseWindow(run, ids.slice(start, end), undefined, breath);
    features.set(window.features.subarray((from - start) * topK), from * topK);
    activations.set(window.activations.subarray((from - start) * topK), from * topK);
  }
  return { topK, features, activations };
}

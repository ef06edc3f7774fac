// Analyses a text once, as a whole, keeping nothing for later: for ranking features and building feature stores.
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import { analyseWindow, type Breath, type WindowRun } from './analysedWindow.ts';
import { copyRows, emptyTopFeatures, type TopFeatures } from './topFeatures.ts';
import { lineStarts, planWindows } from './windows.ts';

export interface TextToAnalyse {
  readonly text: string;
  readonly encoded: EncodedText;
}

/**
 * @param capacity most text tokens per window
 * @returns one reading per SAE; row t belongs to token t of the text, a BOS in front has no row
 */
export async function analyseText(
  run: WindowRun,
  capacity: number,
  { text, encoded }: TextToAnalyse,
  breath: Breath,
): Promise<TopFeatures[]> {
  const { ids, starts } = encoded;
  const readings = Array.from({ length: run.saes }, () => emptyTopFeatures(ids.length, run.topK));
  for (const { start, from, end } of planWindows(ids, lineStarts(text, starts), capacity)) {
    const window = await analyseWindow(run, ids.slice(start, end), undefined, breath);
    for (const [n, reading] of readings.entries()) {
      const part = window.readings[n];
      if (part !== undefined) copyRows(reading, from, part, [from - start, end - start]);
    }
  }
  return readings;
}

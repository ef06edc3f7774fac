// Compares what the SAEs read in two texts. What analyses of the two documents have computed is reused.
import type {
  ComparedText,
  CompareTextsParams,
  TextComparison,
} from '../../../shared/readingProtocol.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import { changedFeatures, changedTokens, type ReadText } from '../../analysis/comparison.ts';
import { emptyTopFeatures } from '../../analysis/topFeatures.ts';
import { longestCommonSubsequence } from '../../math/commonSubsequence.ts';
import type { OpenSource } from '../../sources/openSource.ts';
import { documentReadings, type DocumentReadings } from './documentReadings.ts';

/** @throws MonosemError `cancelled` */
export async function compareTexts(
  open: OpenSource,
  { left, right, topK, limit }: CompareTextsParams,
  breath: Breath,
): Promise<TextComparison> {
  const places = open.saes.map(({ place }) => place);
  const ofLeft = await documentReadings(open, { ...left, topK }, places, breath);
  const ofRight = await documentReadings(open, { ...right, topK }, places, breath);
  const common = await longestCommonSubsequence(ofLeft.encoded.ids, ofRight.encoded.ids, breath);
  const compared = [];
  for (const [n, sae] of places.entries()) {
    await breath();
    const sides = [readBy(left, ofLeft, n), readBy(right, ofRight, n)] as const;
    const { gained, lost } = changedFeatures(sides, limit);
    const tokens = changedTokens(sides, common, limit);
    compared.push({
      gained: gained.map((change) => ({ sae, ...change })),
      lost: lost.map((change) => ({ sae, ...change })),
      changed: { sae, ...tokens.changed },
      count: tokens.count,
    });
  }
  return {
    leftTokens: ofLeft.encoded.ids.length,
    rightTokens: ofRight.encoded.ids.length,
    commonTokens: common.left.length,
    changedTokens: compared.map(({ count }) => count),
    changed: compared.map(({ changed }) => changed),
    gained: compared.flatMap(({ gained }) => gained),
    lost: compared.flatMap(({ lost }) => lost),
  };
}

/** @param n which of the SAEs */
function readBy(
  { text }: ComparedText,
  { encoded, readings }: DocumentReadings,
  n: number,
): ReadText {
  return { text, encoded, reading: readings[n] ?? emptyTopFeatures(encoded.ids.length, 1) };
}

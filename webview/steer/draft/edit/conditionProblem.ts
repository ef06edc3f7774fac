// What is wrong with the conditions of an edit as they were typed. Pure.
import { t } from '../../../../src/shared/l10n.ts';
import type { SteerSae } from '../../../../src/shared/webviewProtocol.ts';
import type { DraftEdit } from './draftEdit.ts';
import { gateProblem } from './gate.ts';
import { readRanges } from './tokenRanges.ts';

/** In one sentence; `undefined` where all of them can be read. */
export function conditionProblem(
  { ranges, onlyWhile }: DraftEdit,
  saes: readonly SteerSae[],
): string | undefined {
  return rangesProblem(ranges) ?? gateProblem(onlyWhile, saes);
}

/** Of ranges of tokens alone. */
export function rangesProblem(ranges: string): string | undefined {
  if (readRanges(ranges) !== undefined) return undefined;
  return t('“{0}” are no ranges of tokens: write them like 4-9, 12-.', ranges.trim());
}

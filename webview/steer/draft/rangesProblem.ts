// What is wrong with ranges of tokens as they were typed. Pure.
import { t } from '../../../src/shared/l10n.ts';
import { readRanges } from './tokenRanges.ts';

/** In one sentence; `undefined` where the ranges can be read. */
export function rangesProblem(ranges: string): string | undefined {
  if (readRanges(ranges) !== undefined) return undefined;
  return t('“{0}” are no ranges of tokens: write them like 4-9, 12-.', ranges.trim());
}

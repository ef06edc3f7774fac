// Which tokens an effect is measured of, and where.
import type { FeatureEffectsParams } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { tokenIndex } from '../../shared/units.ts';
import type { Window } from '../analysis/windows.ts';
import { tokenAt } from '../sources/tokenPlace.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';

export interface EffectPlaces {
  /** Tokens [from, to) of the text. */
  readonly from: number;
  readonly to: number;
  readonly readAt: number;
}

/** @throws MonosemError `badArgument` for places outside the text or in the wrong order */
export function effectPlaces(
  { tokens, readAt }: Pick<FeatureEffectsParams, 'tokens' | 'readAt'>,
  encoded: EncodedText,
): EffectPlaces {
  const last = { token: tokenIndex(encoded.ids.length - 1) };
  const first = tokenAt(tokens?.first ?? last, encoded);
  const end = tokenAt(tokens?.last ?? last, encoded);
  const read = readAt === undefined ? end : tokenAt(readAt, encoded);
  if (first > end) {
    throw new MonosemError(
      'badArgument',
      `The tokens ${first} to ${end} are no stretch of the text; give the earlier one first.`,
    );
  }
  if (read < first) {
    throw new MonosemError(
      'badArgument',
      `Token ${read} precedes token ${first}, which cannot have an effect on it; read at ${first} or behind.`,
    );
  }
  return { from: first, to: end + 1, readAt: read };
}

/** @throws MonosemError `badArgument` for tokens that precede the window in which the last one is read */
export function expectInside({ from, readAt }: EffectPlaces, { start }: Window): void {
  if (from >= start) return;
  throw new MonosemError(
    'badArgument',
    `When it reads token ${readAt}, the model sees the text from token ${start} on, so token ${from} has no effect there; choose tokens from ${start} on.`,
  );
}

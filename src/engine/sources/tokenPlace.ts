// Finds the token of a text that a call means, and the window in which the model reads it.
import type { TokenPlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { lineStarts, planWindows, type Window } from '../analysis/windows.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import type { OpenSource } from './openSource.ts';

/** @throws MonosemError `badArgument` for a place outside the text */
export function tokenAt(place: TokenPlace, { ids, starts, ends }: EncodedText): number {
  if ('token' in place) {
    if (place.token >= 0 && place.token < ids.length) return place.token;
    throw outside(`with index ${place.token}`, ids.length);
  }
  const { offset } = place;
  const found = ends.findIndex((end, t) => offset < end && (starts[t] ?? 0) <= offset);
  if (found >= 0) return found;
  throw outside(`at offset ${offset}`, ids.length);
}

function outside(what: string, count: number): MonosemError {
  return new MonosemError(
    'badArgument',
    count === 0
      ? `The text has no tokens, so there is none ${what}; choose a text.`
      : `The text has no token ${what}; its tokens are 0 to ${count - 1}.`,
  );
}

/** The window in which an analysis reports a token. @param token index among those of the text */
export function windowOf(
  { capacity }: Pick<OpenSource, 'capacity'>,
  { text, encoded }: { readonly text: string; readonly encoded: EncodedText },
  token: number,
): Window {
  const plan = planWindows(encoded.ids, lineStarts(text, encoded.starts), capacity);
  const window = plan.find(({ from, end }) => from <= token && token < end);
  if (window !== undefined) return window;
  throw new MonosemError('internal', `No window holds token ${token}.`);
}

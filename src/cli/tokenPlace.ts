// Which token of a text is meant, as the command line says it: --at with its number, or --offset.
import type { TokenPlace } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { charOffset, tokenIndex } from '../shared/units.ts';
import type { Arguments } from './options.ts';

export const placeOptions = { at: { type: 'string' }, offset: { type: 'string' } } as const;

/** @throws MonosemError `badArgument` unless exactly one of --at and --offset is given */
export function placeOf(args: Arguments): TokenPlace {
  const whole = { min: 0, max: Infinity, whole: true };
  const [isIndex, isOffset] = [args.text('at') !== undefined, args.text('offset') !== undefined];
  if (isIndex === isOffset) {
    throw new MonosemError(
      'badArgument',
      'Which token is meant is not said; give --at with its number from 0, or --offset with a place in the text.',
    );
  }
  return isIndex
    ? { token: tokenIndex(args.number('at', 0, whole)) }
    : { offset: charOffset(args.number('offset', 0, whole)) };
}

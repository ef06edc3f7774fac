// The SAE that the argument of a command means: its place, from links and key bindings, or an entry of a list. Whether it
// is active is for others to say. Without VS Code.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { fieldsOf } from '../views/viewMessages.ts';

/** Longer than the path of any folder. */
const longestPlace = 32_768;

/** @returns `undefined` where the argument names none */
export function readSaeArgument(argument: unknown): SaePlace | undefined {
  const place = typeof argument === 'string' ? argument : fieldsOf(argument)?.['sae'];
  const isPlace = typeof place === 'string' && place !== '' && place.length <= longestPlace;
  return isPlace ? place : undefined;
}

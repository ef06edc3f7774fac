// The strengths of a sweep, as the command line says them: `-10..10/9` for nine of equal distance, or a list `-5,0,5`.
import { MonosemError } from '../shared/errors.ts';

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const rangePattern = new RegExp(`^(${number})\\.\\.(${number})/(\\d{1,4})$`, 'i');
const onePattern = new RegExp(`^${number}$`, 'i');

/** @throws MonosemError `badArgument` */
export function readAmounts(text: string): number[] {
  const amounts = readRange(text) ?? readList(text);
  if (amounts?.every(Number.isFinite) === true) return amounts;
  throw new MonosemError(
    'badArgument',
    `--amounts takes a range with a count of at least 2, such as -10..10/9, or a list such as -5,0,5, not "${text}".`,
  );
}

/** Both ends included; computed from both, so that a range about 0 is symmetric and has its exact middle. */
function readRange(text: string): number[] | undefined {
  const [, from, to, points] = rangePattern.exec(text.trim()) ?? [];
  const last = Number(points) - 1;
  if (from === undefined || !(last > 0)) return undefined;
  return Array.from(
    { length: last + 1 },
    (_, i) => (Number(from) * (last - i) + Number(to) * i) / last,
  );
}

function readList(text: string): number[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => onePattern.test(part)) ? parts.map(Number) : undefined;
}

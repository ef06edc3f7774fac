// Sensible ranges for the amount of an edit, by operation and unit. The largest activation in the corpus is the yardstick of a
// feature, as in Anthropic's "Scaling Monosemanticity"; −10 to 10 times of it is what was found useful there. Edits begin at once
// that activation: held on every token, more of it makes small models repeat themselves (docs/steering.md has figures). Pure.
import type { Operation, Unit } from '../draft/edit/draftEdit.ts';
import type { Measure } from '../draft/edit/measure.ts';

export interface AmountRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What the amount is when the operation is chosen. */
  readonly initial: number;
}

/** For a feature whose largest activation is not known. */
const unknownYardstick = 10;

/** Multiples of the largest activation. */
const mostMaxima = 10;

/**
 * The range of the slider, `undefined` where the operation has no amount.
 * @param known see `Measure`
 */
export function amountRange(
  operation: Operation,
  unit: Unit,
  known: number,
): AmountRange | undefined {
  const yardstick = known > 0 ? known : unknownYardstick;
  switch (operation) {
    case 'none':
    case 'ablate':
      return undefined;
    case 'scale':
      return { min: 0, max: 4, step: 0.05, initial: 2 };
    case 'clamp':
      if (unit === 'max') return { min: 0, max: mostMaxima, step: 0.1, initial: 1 };
      return ranged(0, 4 * yardstick, yardstick);
    case 'add':
      return rangeToAdd(unit, yardstick);
    case 'project':
      return { min: -2, max: 4, step: 0.05, initial: 0 };
    case 'cap':
      return ranged(-2 * yardstick, 2 * yardstick, 0);
  }
}

function rangeToAdd(unit: Unit, yardstick: number): AmountRange {
  switch (unit) {
    case 'max':
      return { min: -mostMaxima, max: mostMaxima, step: 0.1, initial: 1 };
    case 'direction':
      return { min: -4, max: 4, step: 0.05, initial: 1 };
    case 'residual':
      return { min: -2, max: 2, step: 0.01, initial: 0.5 };
    case 'activation':
      return ranged(-4 * yardstick, 4 * yardstick, yardstick);
  }
}

/** An amount in another unit; where the two cannot be compared, what the other one begins with. */
export function inUnit(
  amount: number,
  { from, to }: { readonly from: Unit; readonly to: Unit },
  operation: Operation,
  { sizes, yardstick }: Measure,
): number {
  if (from === to) return amount;
  const [old, next] = [sizes[from], sizes[to]];
  if (old !== undefined && next !== undefined) return rounded((amount * old) / next);
  return amountRange(operation, to, yardstick)?.initial ?? amount;
}

function rounded(amount: number): number {
  return Number(amount.toPrecision(4));
}

/** Bounds on a round grid of 200 steps or more; the start is exact, the slider shows the nearest step. */
function ranged(min: number, max: number, initial: number): AmountRange {
  const step = roundStep((max - min) / 200);
  const snap = (value: number): number => Number((Math.round(value / step) * step).toPrecision(12));
  return { min: snap(min), max: snap(max), step, initial: rounded(initial) };
}

/** The nearest of 1, 2 and 5 × a power of ten that is not larger. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const lead = [5, 2, 1].find((candidate) => candidate * power <= size * 1.000001) ?? 1;
  return Number((lead * power).toPrecision(12));
}

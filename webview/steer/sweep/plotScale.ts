// From values to places in a plot. Pure.

/** Of a plot without its margins, in its own units; y grows downward. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface PlotPoint {
  readonly x: number;
  /** Absent for a value that is no number. */
  readonly y?: number;
}

export interface PlotScale {
  x(amount: number): number;
  y(value: number): number;
  /** Upper end of the values; the lower one is 0. */
  readonly most: number;
}

/** @param values those that are no numbers are left out */
export function plotScale(
  amounts: readonly number[],
  values: readonly number[],
  area: PlotArea,
): PlotScale {
  const [low, high] = [Math.min(...amounts), Math.max(...amounts)];
  const most = roundUp(Math.max(0, ...values.filter(Number.isFinite)));
  return {
    x: (amount) =>
      high === low
        ? (area.left + area.right) / 2
        : area.left + ((amount - low) / (high - low)) * (area.right - area.left),
    y: (value) => area.bottom - (value / most) * (area.bottom - area.top),
    most,
  };
}

/** A line through the points, with gaps where there is no value. */
export function linePath(points: readonly PlotPoint[]): string {
  let isBroken = true;
  return points
    .flatMap(({ x, y }) => {
      const command = isBroken ? 'M' : 'L';
      isBroken = y === undefined;
      return y === undefined ? [] : [`${command}${x.toFixed(1)} ${y.toFixed(1)}`];
    })
    .join('');
}

/** The next of 1, 2 and 5 × a power of ten; 1 for 0. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = [1, 2, 5, 10].find((candidate) => candidate * power >= value * 0.999999) ?? 10;
  return Number((lead * power).toPrecision(12));
}

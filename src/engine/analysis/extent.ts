// Which windows of a document an analysis computes, and in which order: what somebody looks at first, then what is near,
// then the rest, if it is wanted at all. Pure arithmetic.
import type { AnalysisExtent } from '../../shared/engineProtocol.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import type { Window } from './windows.ts';

/** In UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface PlannedWindow {
  readonly place: Window;
  /** Part of what somebody looks at. */
  readonly isVisible: boolean;
  /** Not so for what is only told where it is known already. */
  readonly isWanted: boolean;
}

/** Around the visible text as much again is analysed on either side, at least this much. */
const leastMargin = 2000;

/** In the order in which they are to be computed. */
export function inOrder(
  plan: readonly Window[],
  encoded: EncodedText,
  { visible, extent }: { readonly visible?: Stretch; readonly extent: AnalysisExtent },
): PlannedWindow[] {
  if (visible === undefined) {
    return plan.map((place) => ({ place, isVisible: false, isWanted: extent === 'all' }));
  }
  const margin = Math.max(leastMargin, visible.end - visible.start);
  const near = { start: visible.start - margin, end: visible.end + margin };
  const [seen, close, rest]: [PlannedWindow[], PlannedWindow[], PlannedWindow[]] = [[], [], []];
  for (const place of plan) {
    const at = { start: encoded.starts[place.from] ?? 0, end: encoded.ends[place.end - 1] ?? 0 };
    const isVisible = overlaps(at, visible);
    const isNear = overlaps(at, near);
    const planned = { place, isVisible, isWanted: isNear || extent === 'all' };
    (isVisible ? seen : isNear ? close : rest).push(planned);
  }
  return [...seen, ...close, ...rest];
}

function overlaps(a: Stretch, b: Stretch): boolean {
  return a.start < b.end && a.end > b.start;
}

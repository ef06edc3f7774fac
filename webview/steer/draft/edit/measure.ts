// What the amounts of an edit are measured against: what the host knows of the feature or direction. Pure.
import type { SteerDirection, SteerFeature } from '../../../../src/shared/webviewProtocol.ts';
import type { Operation, Unit } from './draftEdit.ts';
import type { Offered } from './target.ts';

export interface Measure {
  /**
   * For the bounds of sliders: the largest activation known of a feature, be it only from the prompt, 0 where none is; half
   * of the stream's length for a direction, else its own length.
   */
  readonly yardstick: number;
  /** How much one of a unit is beside one of another; without units of which that is not known. */
  readonly sizes: { readonly [Each in Unit]?: number };
}

export function measureOf(offered: Offered): Measure {
  return 'brief' in offered ? measureOfFeature(offered) : measureOfDirection(offered);
}

function measureOfFeature({ inStore, brief: { maxActivation } }: SteerFeature): Measure {
  const isKnown = inStore && maxActivation > 0;
  return {
    yardstick: maxActivation,
    sizes: { activation: 1, ...(isKnown && { max: maxActivation }) },
  };
}

function measureOfDirection({ norm, streamNorm = 0 }: SteerDirection): Measure {
  const isKnown = streamNorm > 0;
  return {
    yardstick: isKnown ? streamNorm / 2 : norm,
    sizes: { direction: norm, ...(isKnown && { residual: streamNorm }) },
  };
}

/** The one to begin with first. */
const ownUnits: readonly Unit[] = ['max', 'activation', 'direction'];

/** The units an operation can have; none where its amount is a bare number. */
export function unitsOf(operation: Operation, { sizes }: Measure): readonly Unit[] {
  const known = ownUnits.filter((unit) => sizes[unit] !== undefined);
  if (operation === 'clamp') return known;
  return operation === 'add' ? [...known, 'residual'] : [];
}

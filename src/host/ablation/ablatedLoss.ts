// What is known of losses without a feature, by the view of this moment.
import type { Services } from '../services.ts';
import type { AblatedLoss } from './mappedLosses.ts';

/** @param document its URI */
export function ablatedLoss(
  { ablationMaps, view: { current } }: Pick<Services, 'ablationMaps' | 'view'>,
  document: string,
): AblatedLoss {
  if (current.kind !== 'ablation') return () => undefined;
  return (start, id) => ablationMaps.lossAt(document, current.feature, { start, id });
}

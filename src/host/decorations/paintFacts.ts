// Gathers what painting has to know beside tokens and text: settings, filters, what is known of features.
import { ablatedLoss } from '../ablation/ablatedLoss.ts';
import type { PaintFacts } from '../display/painting/facts.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';

/** @param document its URI */
export function paintFacts(
  services: Services,
  document: string,
): Omit<PaintFacts, 'text' | 'textStart'> {
  const { briefs, collection, filter, model, shownSae } = services;
  const { shows, showsOn } = filter();
  return {
    shown: shownSae.current,
    saes: model.saes,
    pinned: collection.pinned,
    palette: readSetting('palette'),
    threshold: readSetting('threshold'),
    shows,
    showsOn,
    ablatedLoss: ablatedLoss(services, document),
    maximum: (sae, feature) => briefs.get(sae, feature)?.maxActivation,
  };
}

/** Says which view and facts are painted: another text where what is painted may look otherwise, save for briefs that become known. */
export function paintKey(
  { ablationMaps, briefs, filter, view }: Services,
  { shown, saes, pinned, palette, threshold }: ReturnType<typeof paintFacts>,
): string {
  const chosen = [view.current, shown, saes, pinned, palette, threshold, filter().rules];
  return JSON.stringify([...chosen, briefs.generation, ablationMaps.revision]);
}

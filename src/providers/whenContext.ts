// Tells VS Code's `when` clauses which view is chosen, whether it has occurrences to go to, whether somebody reads a text
// and how its analysis is doing, and whether there are several SAEs.
import { followedFeatures } from '../host/display/painting/paintView.ts';
import { isAnalysing } from '../host/documents/documentAnalysis.ts';
import type { Services } from '../host/services.ts';
import { ToldContext } from '../host/toldContext.ts';
import { contextKeys } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { Disposable } from '../shared/disposable.ts';

export function registerWhenContext(services: Services): Disposable {
  const { analyses, collection, model, reading, view } = services;
  const lifetime = new DisposableStore();
  const { tell } = new ToldContext();
  const tellView = (): void => {
    tell(contextKeys.view, view.current.kind);
    tell(contextKeys.hasOccurrences, followedFeatures(view.current, collection.pinned).length > 0);
  };
  const tellAnalysis = (): void => {
    tell(contextKeys.isReading, reading.current !== undefined);
    const state = reading.current && analyses.of(reading.current.uri)?.state;
    tell(contextKeys.isAnalysing, isAnalysing(state));
    tell(contextKeys.isStopped, state?.kind === 'stopped');
  };
  const tellSaes = (): void => {
    tell(contextKeys.hasSeveralSaes, model.saes.length > 1);
  };
  lifetime.add(view.onDidChange(tellView));
  lifetime.add(model.onDidChange(tellSaes));
  lifetime.add(collection.onDidChange(tellView));
  lifetime.add(analyses.onDidChange(tellAnalysis));
  lifetime.add(reading.onDidChange(tellAnalysis));
  tellView();
  tellAnalysis();
  return lifetime;
}

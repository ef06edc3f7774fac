// Gathers what there is to know about models and SAEs for their list. Nothing is opened for it, and the engine is asked
// only where it runs.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Download } from '../../shared/hubProtocol.ts';
import type { OpenThings } from '../../shared/readingProtocol.ts';
import { chosenSaes } from '../source/activeSaes.ts';
import type { ModelsFacts } from '../display/modelsList.ts';
import type { SaeStanding } from '../display/saeEntries.ts';
import { knownModelIn } from '../hub/choices.ts';
import type { Known } from '../hub/choices.ts';
import type { Services } from '../services.ts';
import { embeddedModel, saesBeside } from '../source/source.ts';

export interface EarlierFacts {
  /** Downloads, as far as somebody has asked for them. */
  readonly known: Known | undefined;
  /** Why the model in use could not be opened. */
  readonly failure: string | undefined;
}

export async function modelsFacts(
  services: Services,
  { known, failure }: EarlierFacts,
): Promise<ModelsFacts> {
  const { engine, model, sourceSettings, view } = services;
  const isEngineRunning = engine.state === 'running';
  const open = isEngineRunning ? await openThings(services) : undefined;
  const { current } = view;
  return {
    choice: model.choice,
    embedded: embeddedModel(sourceSettings()),
    place: model.place,
    facts: model.facts,
    failure,
    open,
    isEngineRunning,
    downloads: known?.downloads,
    saes: await saeStandings(services, known, open),
    neuronBlock: current.kind === 'neurons' ? current.block : undefined,
  };
}

async function openThings({ engine, log }: Services): Promise<OpenThings | undefined> {
  try {
    return await engine.call('openThings', {});
  } catch (error) {
    log.warn(`How much memory is in use is not known: ${messageOf(error)}`);
    return undefined;
  }
}

/** Those in use, those beside the model, and those that were downloaded. */
async function saeStandings(
  services: Services,
  known: Known | undefined,
  open: OpenThings | undefined,
): Promise<readonly SaeStanding[]> {
  const { model, saeChecks, shownSae, sourceSettings } = services;
  const used = await chosenSaes(services);
  const beside = await saesBeside(sourceSettings());
  const downloads = (known?.downloads ?? []).filter(({ kind }) => kind === 'sae');
  const places = new Set([...used, ...beside, ...downloads.map(({ place }) => place)]);
  const loaded = open?.sources.flatMap(({ saes }) => saes) ?? [];
  return [...places].map((sae): SaeStanding => {
    const download = downloads.find(({ place }) => place === sae);
    const isUsed = used.includes(sae);
    const isOwn = isUsed || beside.includes(sae) || isForModel(download, model.choice.model, known);
    return {
      sae,
      isUsed,
      isPainted: isUsed && used.length > 1 && shownSae.current === sae,
      isOfOtherModel: !isOwn,
      facts: model.factsOf(sae),
      outcome: saeChecks.of(model.choice, sae),
      download,
      weightBytes: weightOf(sae, loaded),
    };
  });
}

/** An SAE of which nobody knows the model may be for this one. */
function isForModel(
  download: Download | undefined,
  folder: string,
  known: Known | undefined,
): boolean {
  if (download?.model === undefined || known === undefined) return true;
  const here = knownModelIn(folder, known);
  const own = known.downloads.find(({ kind, place }) => kind === 'model' && place === folder);
  const trained = known.catalogue.models.find(({ original }) => original === download.model);
  return download.model === own?.repo || (trained !== undefined && trained.id === here);
}

function weightOf(
  sae: SaePlace,
  loaded: OpenThings['sources'][number]['saes'],
): number | undefined {
  return loaded.find((each) => each.sae === sae)?.weightBytes;
}

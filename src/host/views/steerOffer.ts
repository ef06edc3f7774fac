// What a steering session offers for a prompt: the features that are active in it or edited, and the directions that were
// made. Without VS Code.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import type { SteerViewState } from '../../shared/webviewProtocol.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';
import { offeredDirection, streamSitesOf } from './offeredDirections.ts';
import { featureEdits, offeredFeature, unique, whyImpossible } from './offeredFeatures.ts';
import type { SteerPorts } from './steerPorts.ts';
import type { SteerStart } from './steerStart.ts';

/** Features offered for a prompt, of each SAE. */
const offeredFeatures = 12;

export interface Offer {
  readonly state: SteerViewState;
  /** Of those put on the list from outside, the ones that exist. */
  readonly features: readonly FeatureRef[];
  /** Why others are left out, in a sentence each. */
  readonly impossible: readonly string[];
}

/** @throws MonosemError `noSae`, `cancelled`, and what opening a model can throw */
export async function offer(
  { prompt, features, edits, settings }: Omit<SteerStart, 'directions'>,
  ports: SteerPorts,
  signal: AbortSignal,
): Promise<Offer> {
  const { briefs, directions, engine } = ports;
  const source = await ports.source();
  const [{ model, saes }, active] = await Promise.all([
    engine.call('describe', { source }, { signal }),
    engine.call('activeFeatures', { source, text: prompt, limit: offeredFeatures }, { signal }),
  ]);
  const isPossible = (ref: FeatureRef): boolean => whyImpossible(ref, saes) === undefined;
  const edited = featureEdits(edits).filter(isPossible);
  const possible = features.filter(isPossible);
  const listed = unique([...possible, ...edited, ...active]);
  const [{ had, failures }] = await Promise.all([directions.workOut(), loadBriefs(briefs, listed)]);
  const painted = saes.find(({ sae }) => sae === ports.painted());
  const state: SteerViewState = {
    kind: 'state',
    prompt,
    modelName: model.name,
    saes: saes.map(({ sae, name, site, features: F }) => ({ sae, name, site, features: F })),
    features: listed.map((ref) => offeredFeature(ref, { edits: edited, active, briefs })),
    directions: had.map((each) => offeredDirection(each, edits)),
    streamSites: streamSitesOf(model, painted?.site),
    settings,
    isLive: ports.isLive(),
    hasChatTemplate: model.hasChatTemplate,
    canInsert: ports.canInsert(),
    canReplace: ports.canReplace(),
  };
  const first = features.find((ref) => !isPossible(ref));
  const why = first && whyImpossible(first, saes);
  return {
    state,
    features: possible,
    impossible: [...(why === undefined ? [] : [why]), ...failures],
  };
}

async function loadBriefs(briefs: FeatureBriefs, listed: readonly FeatureRef[]): Promise<void> {
  const bySae = new Map<SaePlace, number[]>();
  for (const { sae, feature } of listed) bySae.set(sae, [...(bySae.get(sae) ?? []), feature]);
  await Promise.all([...bySae].map(([sae, features]) => briefs.load(sae, features)));
}

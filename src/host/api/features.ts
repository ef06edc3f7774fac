// The API's `features`: what the feature store knows of some features. Without VS Code.
import type { EngineClient } from '../engine/engineClient.ts';
import type { ShownSae } from '../source/shownSae.ts';
import { readFeature } from '../views/viewMessages.ts';
import type {
  FeatureBrief,
  FeatureSummary,
  SaePlace,
  Source,
} from '../../shared/engineProtocol.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import { NamedArguments, refuse } from './arguments.ts';
import type { CorpusFacts, FeatureFacts } from './types.ts';

export interface FeaturesPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
  readonly shownSae: Pick<ShownSae, 'meant'>;
}

const place = 'features';
/** Features that one call may name or find. */
const mostFeatures = 1000;
/** Briefs that one call to the engine asks for. */
const briefsPerCall = 4096;

interface Question {
  readonly source: Source;
  readonly sae: SaePlace;
  readonly signal: { readonly signal?: AbortSignal };
}

/** @throws MonosemError `badArgument`, `unknownFeature`, `noFeatureStore`, `cancelled`, and what opening a model can throw */
export async function featureFacts(
  ports: FeaturesPorts,
  query: unknown,
  options: unknown,
): Promise<readonly FeatureFacts[]> {
  const names = ['sae', 'features', 'word', 'limit', 'examples'];
  const named = new NamedArguments(place, query, names);
  const signal = new NamedArguments(place, options, ['signal']).signal();
  const wanted = readWanted(named);
  const examples = named.integer('examples', [0, 50]) ?? 0;
  const sae = await ports.shownSae.meant(named.name('sae'));
  const source = await ports.source();
  const question: Question = { source, sae, signal: signal ? { signal } : {} };
  const briefs =
    'word' in wanted
      ? await findByWord(ports, question, wanted)
      : await briefsOf(ports, question, Uint32Array.from(wanted.features));
  if (examples === 0) return briefs.map((brief) => factsOf(sae, brief));
  return Promise.all(
    briefs.map(async ({ feature }) => {
      const params = { source, sae, feature, exampleLimit: examples };
      const summary = await ports.engine.call('feature', params, question.signal);
      return { ...factsOf(sae, summary), corpus: corpusFacts(summary) };
    }),
  );
}

type Wanted =
  | { readonly features: readonly FeatureIndex[] }
  | { readonly word: string; readonly limit: number };

function readWanted(named: NamedArguments): Wanted {
  const word = named.name('word');
  const limit = named.integer('limit', [1, mostFeatures]) ?? 20;
  const features = named.list('features', mostFeatures);
  if ((word === undefined) === (features === undefined)) {
    throw refuse(place, 'give either “features”, a list of numbers, or a “word”');
  }
  if (word !== undefined) return { word, limit };
  return {
    features: (features ?? []).map((value, n) => {
      const feature = readFeature(value);
      if (feature === undefined) throw refuse(place, `“features[${n}]” is not the number of one`);
      return feature;
    }),
  };
}

async function findByWord(
  ports: FeaturesPorts,
  question: Question,
  { word, limit }: { readonly word: string; readonly limit: number },
): Promise<readonly FeatureBrief[]> {
  const { source, sae, signal } = question;
  const { saes } = await ports.engine.call('describe', { source }, signal);
  const count = saes.find((facts) => facts.sae === sae)?.features ?? 0;
  const sought = word.toLowerCase();
  const found: FeatureBrief[] = [];
  for (let from = 0; from < count; from += briefsPerCall) {
    const length = Math.min(briefsPerCall, count - from);
    const part = await briefsOf(
      ports,
      question,
      Uint32Array.from({ length }, (_, n) => from + n),
    );
    found.push(
      ...part.filter(({ peakTokens }) =>
        peakTokens.some((token) => token.toLowerCase().includes(sought)),
      ),
    );
  }
  return found.sort((a, b) => b.maxActivation - a.maxActivation).slice(0, limit);
}

async function briefsOf(
  { engine }: FeaturesPorts,
  { source, sae, signal }: Question,
  features: Uint32Array,
): Promise<readonly FeatureBrief[]> {
  return engine.call('featureBriefs', { source, sae, features }, signal);
}

function factsOf(sae: SaePlace, brief: FeatureBrief): FeatureFacts {
  const { feature, density, maxActivation, peakTokens } = brief;
  return { sae, feature, density, maxActivation, peakTokens: [...peakTokens] };
}

function corpusFacts(summary: FeatureSummary): CorpusFacts {
  const { corpusTokens, meanActivation, histogram, examples } = summary;
  return {
    tokens: corpusTokens,
    meanActivation,
    histogram: [...histogram],
    examples: examples.map(({ tokens, activations, peak }) => ({
      tokens: [...tokens],
      activations: [...activations],
      peak,
    })),
  };
}

// Why a model expects what it expects: the features that are active on some tokens, each taken out by itself, and what
// that does to the next token. Attribution by ablation beside attribution by activation.
import type {
  DistributionChange,
  FeatureEffect,
  FeatureEffects,
  FeatureEffectsParams,
  SteerEdit,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { tokenId, tokenIndex } from '../../shared/units.ts';
import { sequenceOf, type Breath } from '../analysis/analysedWindow.ts';
import { probability } from '../math/probabilityChange.ts';
import { argmax } from '../math/ranking.ts';
import { logSumExp } from '../math/softmax.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import type { OpenSource } from '../sources/openSource.ts';
import { windowOf } from '../sources/tokenPlace.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import { besideBaseline, type WantedText } from './besideBaseline.ts';
import { distributionChange } from './distributionChange.ts';
import { effectPlaces, expectInside } from './effectPlaces.ts';
import { strongestFeatures, type StrongFeature } from './strongestFeatures.ts';
import { targetId } from './targetToken.ts';

const usualTop = 20;
const usualListed = 5;

/**
 * @throws MonosemError `badArgument` for places outside the text, in the wrong order or in no common window, and for a
 *   target that is no token; `unsupportedModel` for a model without logits; whatever `breath` throws
 */
export async function featureEffects(
  open: OpenSource,
  params: FeatureEffectsParams,
  breath: Breath,
): Promise<FeatureEffects> {
  const { text, top = usualTop, ofEachSae = false, listed = usualListed } = params;
  const { model } = open;
  const encoded = await model.tokenizer.encode(text);
  const places = effectPlaces(params, encoded);
  const window = windowOf(open, { text, encoded }, places.readAt);
  expectInside(places, window);
  const before = textBefore(text, encoded, places.readAt);
  const target = params.target && (await targetId(model, params.target, before));
  const ids = encoded.ids.slice(window.start, window.end);
  const [from, to] = [places.from - window.start, places.to - window.start];
  const features = await strongestFeatures(open, { ids, from, to }, { top, ofEachSae }, breath);
  const sequence = sequenceOf(open, ids);
  const bos = sequence.length - ids.length;
  const readAt = bos + places.readAt - window.start;
  const measured = await measure(
    open,
    {
      text: { sequence, promptLength: sequence.length, from: readAt, until: readAt + 1, readAt },
      ablations: features.map(ablatedOn({ from: bos + from, to: bos + to })),
      ...{ target, listed },
    },
    breath,
  );
  return {
    from: tokenIndex(places.from),
    to: tokenIndex(places.to),
    readAt: tokenIndex(places.readAt),
    ...measured.next,
    effects: ranked(features, measured.each, params.order ?? 'kl'),
    together: measured.together,
  };
}

/** The text up to a token and with it. */
function textBefore(
  text: string,
  { ids, ends }: EncodedText,
  token: number,
): { readonly text: string; readonly ids: Uint32Array } {
  return { text: text.slice(0, ends[token]), ids: ids.subarray(0, token + 1) };
}

function ablatedOn(range: {
  readonly from: number;
  readonly to: number;
}): (feature: StrongFeature) => SteerEdit {
  return ({ sae, feature }) => ({
    ...{ sae, feature, operation: 'ablate' },
    positions: { ranges: [range] },
  });
}

interface Measured {
  readonly text: WantedText;
  readonly ablations: readonly SteerEdit[];
  /** The likeliest token when absent. */
  readonly target: number | undefined;
  readonly listed: number;
}

interface Measurement {
  readonly next: Pick<FeatureEffects, 'target' | 'baseline'>;
  readonly together: DistributionChange;
  /** In the order of the ablations. */
  readonly each: readonly DistributionChange[];
}

/** What all ablations together do, and what each one does. */
async function measure(
  open: OpenSource,
  { text, ablations, target, listed }: Measured,
  breath: Breath,
): Promise<Measurement> {
  const { tokenizer } = open.model;
  const textOf = (id: number): string => tokenizer.textOf(id);
  let next: Measurement['next'] | undefined;
  const nextOf = (logits: Float32Array): Measurement['next'] => {
    const id = target ?? argmax(logits);
    return {
      target: {
        id: tokenId(id),
        text: textOf(id),
        probability: probability({ logits, total: logSumExp(logits) }, id),
      },
      baseline: likelyTokens(logits, listed, textOf),
    };
  };
  const [together, ...each] = await besideBaseline(
    open,
    text,
    {
      rows: [ablations, ...ablations.map((ablation) => [ablation])],
      take: ({ baseline, edited }) => {
        next ??= nextOf(baseline.logits);
        const options = { target: next.target.id, listed, textOf };
        return distributionChange(baseline.logits, edited.logits, options);
      },
    },
    breath,
  );
  if (next === undefined || together === undefined)
    throw new MonosemError('internal', 'A text read under ablations did not come back.');
  return { next, together, each };
}

/** Equally large effects in the order of the features. */
function ranked(
  features: readonly StrongFeature[],
  changes: readonly DistributionChange[],
  order: NonNullable<FeatureEffectsParams['order']>,
): FeatureEffect[] {
  const size = ({ kl, targetChange }: DistributionChange): number =>
    order === 'kl' ? kl : Math.abs(targetChange);
  return features
    .flatMap((feature, i) => {
      const change = changes[i];
      return change === undefined ? [] : [{ ...feature, ...change }];
    })
    .toSorted((a, b) => size(b) - size(a));
}

// What the host would send to the views: stories cut into tokens, with activations that look like those of a real
// feature. Everything is fixed, so that a screenshot changes only when a view does.
import type {
  ContinuationEffect,
  FeatureBrief,
  FeatureExample,
  FeatureSummary,
  LikelyTokens,
  SteerStep,
  SweepPoint,
} from '../../src/shared/engineProtocol.ts';
import { featureIndex, tokenId } from '../../src/shared/units.ts';
import type {
  FeatureViewState,
  SteerDirection,
  SteerFeature,
  SteerViewState,
  ToSteerView,
} from '../../src/shared/webviewProtocol.ts';

const saeName = 'stories15M · blocks.2 · 4096';
const site = 'blocks.2.hook_resid_post';
/** Where it lies. */
export const sae = '/models/stories15M/saes/blocks.2.hook_resid_post';
export const otherSae = '/models/stories15M/saes/blocks.4.hook_resid_post';

/** Words with the space in front of them, punctuation and line ends apart: about what the tokenizer does. */
export function tokensOf(text: string): string[] {
  return text.match(/\n| ?[A-Za-z']+| ?[^A-Za-z\s]+| /gu) ?? [];
}

/** @param strengths share of `max` for the tokens that contain a word; all others are not active */
export function exampleOf(
  text: string,
  strengths: Readonly<Record<string, number>>,
  max: number,
): FeatureExample {
  const tokens = tokensOf(text);
  const activations = Float32Array.from(
    tokens,
    (token) => max * (strengths[token.trim().toLowerCase()] ?? 0),
  );
  const peak = activations.indexOf(Math.max(...activations));
  return { tokens, activations, peak };
}

const pondStories = [
  'Tom and his dad went to the pond. The water was clear, and a little fish swam close to the shore. "Look, it is blue!" said Tom. He put his hand in the cold water, but the fish was too fast and swam away under the big green leaves.',
  'One day a boat came to the lake. All the ducks were afraid.\n\nBut the oldest duck said, "It only wants to swim with us." So they swam beside the boat until the sun went down.',
  'Mia had a red bucket. She filled it with sand and with water from the sea, and a tiny crab splashed inside.',
  'The frog jumped into the river with a splash. "Swimming is the best!" he sang.',
  'Ben could not swim yet. His mom held him in the pool and said, "Kick your legs, and you will float like a boat."',
];

const pondStrengths = {
  swim: 1,
  swam: 0.93,
  swimming: 0.88,
  water: 0.62,
  fish: 0.44,
  pond: 0.35,
  lake: 0.4,
  splash: 0.52,
  splashed: 0.7,
  sea: 0.3,
  river: 0.28,
  pool: 0.33,
  float: 0.48,
  boat: 0.12,
  shore: 0.15,
};

export function featureState(changes: Partial<FeatureSummary> = {}): FeatureViewState {
  const maxActivation = 8.127;
  const examples = pondStories.map((story, index) =>
    exampleOf(story, pondStrengths, maxActivation * (1 - index * 0.03)),
  );
  const histogram = Uint32Array.from({ length: 50 }, (_, bin) =>
    Math.round(1900 * Math.exp(-bin / 6) + 90 * Math.exp(-(((bin - 33) / 6) ** 2))),
  );
  return {
    kind: 'feature',
    sae,
    saeName,
    site,
    summary: {
      feature: featureIndex(2417),
      density: 0.00873,
      maxActivation,
      meanActivation: 1.934,
      corpusTokens: 1_482_113,
      peakTokens: [' swim', ' swam', ' swimming', ' splash', ' float'],
      histogram,
      examples,
      ...changes,
    },
  };
}

type ListedBrief = readonly [
  feature: number,
  density: number,
  max: number,
  prompt: number,
  tokens: readonly string[],
];

const listed: readonly ListedBrief[] = [
  [2417, 0.00873, 8.127, 5.04, [' swim', ' swam', ' splash']],
  [88, 0.0121, 6.42, 4.71, [' Lily', ' Mia', ' Sara']],
  [3051, 0.00214, 11.83, 4.2, [' fish', ' whale', ' crab']],
  [1190, 0.0457, 4.915, 3.33, ['.', '!', '?']],
  [602, 0.00068, 9.54, 2.9, [' blue', ' green', ' purple']],
  [4011, 0.000031, 14.2, 2.04, [' tiny', ' little']],
  [777, 0.213, 3.1, 1.62, [' the', ' a', ' his']],
  [29, 0.0033, 7.7, 0.81, ['\n', '."\n']],
];

export function steerFeature(entry: ListedBrief, place = sae): SteerFeature {
  const [feature, density, maxActivation, promptMax, peakTokens] = entry;
  const brief: FeatureBrief = {
    feature: featureIndex(feature),
    density,
    maxActivation,
    peakTokens,
  };
  return { sae: place, brief, inStore: true, promptMax };
}

export const prompt =
  'Lily and her brother walked to the pond behind the house. The water was still, and a little blue fish looked up at them. Lily';

export function steerState(changes: Partial<SteerViewState> = {}): SteerViewState {
  return {
    kind: 'state',
    prompt,
    modelName: 'stories15M',
    saes: [{ sae, name: saeName, site, features: 4096 }],
    features: listed.map((entry) => steerFeature(entry)),
    settings: { maxTokens: 60, temperature: 0.7, seed: 16 },
    isLive: false,
    hasChatTemplate: false,
    canInsert: true,
    canReplace: false,
    directions: [],
    streamSites: { names: streamSites, suggested: site },
    ...changes,
  };
}

const streamSites = [0, 1, 2, 3, 4, 5].map((block) => `blocks.${String(block)}.hook_resid_post`);

/** One made of two texts, and one from a file. */
export const directions: readonly SteerDirection[] = [
  {
    ...{ name: 'direction-1', site, norm: 4.2, streamNorm: 31.5 },
    origin: {
      more: 'The sea was calm. The boat lay still, and everyone was quiet and happy.',
      less: 'The storm came! The waves were high,\nand everybody screamed and ran.',
    },
  },
  {
    ...{ name: 'happy-ending', site: 'blocks.4.hook_resid_post', norm: 7.9 },
    origin: { file: '/home/lily/directions/happy-ending.safetensors', tensor: 'direction' },
  },
];

/** Two SAEs at two sites, in which the same numbers are other features. */
export function twoSaes(): SteerViewState {
  const state = steerState();
  const name = 'blocks.4.hook_resid_post';
  const others: readonly ListedBrief[] = [
    [2417, 0.0021, 21.4, 13.9, [' pond', ' lake', ' pool']],
    [513, 0.0164, 9.02, 6.6, [' up', ' down', ' over']],
    [1822, 0.00044, 17.3, 2.2, [' brother', ' sister']],
  ];
  return {
    ...state,
    saes: [...state.saes, { sae: otherSae, name, site: name, features: 4096 }],
    features: [
      ...state.features.slice(0, 5),
      ...others.map((entry) => steerFeature(entry, otherSae)),
    ],
  };
}

const baselineText =
  ' smiled and said, "Hello, little fish! Do you want to play with us?" The fish moved its tail and went round and round. Lily and her brother laughed. They gave it a piece of bread.';
const steeredText =
  ' smiled and jumped into the water. Splash! She swam and swam, and her brother swam after her. The fish swam with them to the other side of the pond.\n\n"Swimming is fun!" said Lily, and they swam until it was dark.';

/** Ten words of a list that turns with the place, the taken one first. */
function expectedIn(
  baseline: string,
  steered: string,
  ids: ReadonlyMap<string, number>,
): NonNullable<SteerStep['expected']> {
  const words = [...ids.keys()];
  const list = (first: string): LikelyTokens => {
    const from = words.indexOf(first) + 1;
    const others = [...words.slice(from), ...words.slice(0, from)].filter((word) => word !== first);
    const texts = [first, ...others].slice(0, 10);
    return {
      texts,
      ids: Uint32Array.from(texts, (text) => ids.get(text) ?? 0),
      probabilities: Float32Array.from(texts, (_, at) => 0.46 * 0.55 ** at),
    };
  };
  const [left, right] = [list(baseline), list(steered)];
  const ranks = (of: LikelyTokens, other: LikelyTokens): Uint32Array =>
    Uint32Array.from(of.texts, (text, at) => {
      const found = other.texts.indexOf(text);
      return found < 0 ? 11 + at * at * 7 : found + 1;
    });
  return {
    ...{ baseline: left, steered: right },
    ...{ ranksInSteered: ranks(left, right), ranksInBaseline: ranks(right, left) },
  };
}

/** The steps of a run that gives these two texts. */
export function steps(baseline = baselineText, steered = steeredText): readonly SteerStep[] {
  const left = tokensOf(baseline);
  const right = tokensOf(steered);
  const ids = new Map([...new Set([...left, ...right])].map((text, at) => [text, at + 300]));
  const generated = (text: string, step: number): SteerStep['baseline'] => {
    const id = ids.get(text) ?? 0;
    const logProbability = -0.05 - 2.4 * Math.abs(Math.sin(step * 1.7));
    return { id: tokenId(id), text, logProbability };
  };
  return Array.from({ length: Math.max(left.length, right.length) }, (_, step) => {
    const [a, b] = [left[step], right[step]];
    const kl = step < 2 ? 0.04 + step * 0.09 : 0.3 + 3.1 * Math.abs(Math.sin(step * 2.3)) ** 3;
    return {
      sample: 0,
      step,
      kl,
      ...(a !== undefined && b !== undefined && { expected: expectedIn(a, b, ids) }),
      ...(a === undefined ? {} : { baseline: generated(a, step) }),
      ...(b === undefined ? {} : { steered: generated(b, step + 1) }),
    } as SteerStep;
  });
}

/** What a sweep over nine strengths found. */
export function sweepFinished(
  sweep: number,
): Extract<ToSteerView, { readonly kind: 'sweepFinished' }> {
  const found = (amount: number): SweepPoint => ({
    amount,
    kl: 0.031 * amount ** 2,
    klBehindPrompt: 0.02 * amount ** 2,
    // Infinite where the model without edits would never have written it.
    perplexity: amount === 10 ? Infinity : 4.2 + 0.4 * amount ** 2,
    repetition: Math.abs(amount) < 6 ? 0.02 : 0.11 * Math.abs(amount) - 0.6,
    continuation: {
      text:
        amount > 4 ? ' swam and swam and swam and swam' : amount < 0 ? baselineText : steeredText,
      ...{ tokens: [], end: 'length' },
    },
  });
  const amounts = [-10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10];
  return {
    kind: 'sweepFinished',
    sweep,
    result: { baseline: found(0), points: amounts.map(found) },
  };
}

/** What was measured of a continuation, with changes of every level in both directions. */
export function likelihoodMeasured(
  measurement: number,
  texts: readonly string[] = tokensOf(steeredText),
): Extract<ToSteerView, { readonly kind: 'likelihoodMeasured' }> {
  const changes = [0, -0.01, 0.05, -0.3, 0.7, -2.4, 1.3, -0.06, 0.2, -0.8];
  const baseline = Float32Array.from(texts, (_, at) => 2.5 + 2 * Math.sin(at * 1.7));
  const steered = baseline.map((loss, at) => loss + (changes[at % changes.length] ?? 0));
  const read = (losses: Float32Array): ContinuationEffect['baseline'] => {
    const sum = losses.reduce((total, loss) => total + loss, 0);
    return { losses, sum, perplexity: Math.exp(sum / losses.length) };
  };
  const ids = Uint32Array.from(texts, (_, at) => at + 300);
  const effect = { promptTokens: 29, ids, texts, baseline: read(baseline), steered: read(steered) };
  return { kind: 'likelihoodMeasured', measurement, effect };
}

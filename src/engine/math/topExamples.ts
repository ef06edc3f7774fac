// The N strongest examples of every feature in one pass and fixed memory. An example is a token on which the feature
// peaks, with the feature's activations on up to `reach` tokens before and after it. For variety:
//   - only local maxima count: no token within reach is stronger (of equals, the first);
//   - at most two per document;
//   - the same words up to the peak (within reach) count once: the model is causal, so they activate alike.
// Full order: stronger first, then earlier document, then earlier token.
import type { FeatureGroup, FeatureGroups } from './featureGroups.ts';

/** Tokens of context on each side of a peak. */
export const reach = 16;
const width = 2 * reach + 1;

/** Context activations are stored in steps of 1/65535 of the peak's. */
export const contextSteps = 65535;

/** One example of a feature; `context[i]` belongs to token `token − reach + i`, in steps of the peak. */
export interface TopExample {
  readonly document: number;
  readonly token: number;
  readonly activation: number;
  /** What `addDocument` was told of the token. */
  readonly label: number;
  /** [2 · reach + 1] */
  readonly context: Uint16Array;
}

/** A document as far as examples need it. */
export interface ExampleDocument {
  readonly index: number;
  /** [T] */
  readonly ids: Uint32Array;
  /** [T] any number to be remembered with an example that peaks there. */
  readonly labels: Uint32Array;
}

export class TopExamples {
  readonly #limit: number;
  readonly #used: Uint32Array;
  /** Slot of each feature that the next better example replaces; meaningful once all slots are used. */
  readonly #weakest: Uint32Array;
  // [F, limit], slots in no particular order
  readonly #activation: Float32Array;
  readonly #document: Uint32Array;
  readonly #token: Uint32Array;
  readonly #label: Uint32Array;
  readonly #prefix: Uint32Array;
  /** [F, limit, width] */
  readonly #context: Uint16Array;

  /** @param featureCount F; memory is 86 · limit bytes per feature */
  constructor(featureCount: number, limit: number) {
    const slots = featureCount * limit;
    this.#limit = limit;
    this.#used = new Uint32Array(featureCount);
    this.#weakest = new Uint32Array(featureCount);
    this.#activation = new Float32Array(slots);
    this.#document = new Uint32Array(slots);
    this.#token = new Uint32Array(slots);
    this.#label = new Uint32Array(slots);
    this.#prefix = new Uint32Array(slots);
    this.#context = new Uint16Array(slots * width);
  }

  /** Documents must come in ascending order of index. */
  addDocument(
    document: ExampleDocument,
    lists: FeatureGroups,
    groups: readonly FeatureGroup[],
  ): void {
    for (let i = 0; i < groups.length; i += 1) {
      const [first, second] = this.#strongestPeaks(lists, groups[i]);
      if (first >= 0) this.#enter(document, lists, groups[i], first);
      if (second >= 0) this.#enter(document, lists, groups[i], second);
    }
  }

  /** Strongest first. */
  examples(feature: number): TopExample[] {
    const start = feature * this.#limit;
    const slots = Array.from({ length: this.#used[feature] }, (_, i) => start + i);
    slots.sort((a, b) => (this.#isWeaker(a, b) ? 1 : -1));
    return slots.map((slot) => ({
      document: this.#document[slot],
      token: this.#token[slot],
      activation: this.#activation[slot],
      label: this.#label[slot],
      context: this.#context.slice(slot * width, (slot + 1) * width),
    }));
  }

  /** Entries of the two strongest peaks of a group that could still enter; −1 for none. */
  #strongestPeaks(lists: FeatureGroups, group: FeatureGroup): [number, number] {
    const { values } = lists;
    let first = -1;
    let second = -1;
    for (let at = group.from; at < group.to; at += 1) {
      if (second >= 0 && values[at] <= values[second]) continue;
      if (!this.#couldEnter(group.feature, values[at]) || !isLocalPeak(lists, group, at)) continue;
      if (first < 0 || values[at] > values[first]) {
        second = first;
        first = at;
      } else {
        second = at;
      }
    }
    return [first, second];
  }

  #couldEnter(feature: number, value: number): boolean {
    if (this.#used[feature] < this.#limit) return true;
    return value > this.#activation[this.#weakest[feature]];
  }

  #isWeaker(slot: number, other: number): boolean {
    const difference = this.#activation[slot] - this.#activation[other];
    if (difference !== 0) return difference < 0;
    const documents = this.#document[slot] - this.#document[other];
    return documents === 0 ? this.#token[slot] > this.#token[other] : documents > 0;
  }

  #enter(document: ExampleDocument, lists: FeatureGroups, group: FeatureGroup, at: number): void {
    const { feature } = group;
    const value = lists.values[at];
    const prefix = hashPrefix(document.ids, lists.tokens[at]);
    const slot = this.#slotFor(feature, value, prefix);
    if (slot < 0) return;
    this.#activation[slot] = value;
    this.#document[slot] = document.index;
    this.#token[slot] = lists.tokens[at];
    this.#label[slot] = document.labels[lists.tokens[at]];
    this.#prefix[slot] = prefix;
    writeContext(lists, group, at, this.#context.subarray(slot * width, (slot + 1) * width));
    this.#findWeakest(feature);
  }

  /** Where a new example goes, −1 for nowhere. */
  #slotFor(feature: number, value: number, prefix: number): number {
    const start = feature * this.#limit;
    const used = this.#used[feature];
    for (let slot = start; slot < start + used; slot += 1) {
      if (this.#prefix[slot] === prefix) return value > this.#activation[slot] ? slot : -1;
    }
    if (used < this.#limit) {
      this.#used[feature] = used + 1;
      return start + used;
    }
    const weakest = this.#weakest[feature];
    return value > this.#activation[weakest] ? weakest : -1;
  }

  #findWeakest(feature: number): void {
    const start = feature * this.#limit;
    let weakest = start;
    for (let slot = start + 1; slot < start + this.#used[feature]; slot += 1) {
      if (this.#isWeaker(slot, weakest)) weakest = slot;
    }
    this.#weakest[feature] = weakest;
  }
}

/** No stronger token within reach, and no equally strong one before. */
function isLocalPeak(
  { tokens, values }: FeatureGroups,
  { from, to }: FeatureGroup,
  at: number,
): boolean {
  for (let i = at - 1; i >= from && tokens[at] - tokens[i] <= reach; i -= 1) {
    if (values[i] >= values[at]) return false;
  }
  for (let i = at + 1; i < to && tokens[i] - tokens[at] <= reach; i += 1) {
    if (values[i] > values[at]) return false;
  }
  return true;
}

/** Activations around the peak in steps of it; what is active stays above 0. */
function writeContext(
  { tokens, values }: FeatureGroups,
  { from, to }: FeatureGroup,
  at: number,
  context: Uint16Array,
): void {
  context.fill(0);
  let i = at;
  while (i > from && tokens[at] - tokens[i - 1] <= reach) i -= 1;
  for (; i < to && tokens[i] - tokens[at] <= reach; i += 1) {
    const steps = Math.round((values[i] / values[at]) * contextSteps);
    context[tokens[i] - tokens[at] + reach] = Math.max(1, steps);
  }
}

/** FNV-1a over the ids of the peak and up to `reach` tokens before it, and over how many those are. */
function hashPrefix(ids: Uint32Array, peak: number): number {
  const start = Math.max(0, peak - reach);
  let hash = 0x811c9dc5;
  for (let i = start; i <= peak; i += 1) {
    for (let shift = 0; shift < 32; shift += 8) {
      hash = Math.imul(hash ^ ((ids[i] >>> shift) & 0xff), 0x01000193);
    }
  }
  return Math.imul(hash ^ (peak - start), 0x01000193) >>> 0;
}

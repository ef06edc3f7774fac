// Where in a text the model needs a feature: the loss of every token with the feature and without it, window by window
// as an analysis cuts the text.
import type {
  AblationMapBatch,
  AblationMapParams,
  AblationMapTotals,
  SteerEdit,
} from '../../shared/engineProtocol.ts';
import { tokenIndex } from '../../shared/units.ts';
import { sequenceOf, type Breath } from '../analysis/analysedWindow.ts';
import { lineStarts, planWindows, type Window } from '../analysis/windows.ts';
import { expectFeature } from '../sae/sae.ts';
import type { OpenSource } from '../sources/openSource.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import { readBesideBaseline } from './besideBaseline.ts';

/** Nats by which a token's loss has to move to count as changed, unless a call says otherwise. */
const usualThreshold = 0.01;

/**
 * @param emit receives the tokens of each window, in text order
 * @throws MonosemError `unknownFeature`, `badArgument` for an SAE that is not active, `unsupportedModel` for a model without
 *   logits; whatever `breath` throws
 */
export async function ablationMap(
  open: OpenSource,
  { text, sae, feature, threshold = usualThreshold }: AblationMapParams,
  emit: (batch: AblationMapBatch) => void,
  breath: Breath,
): Promise<AblationMapTotals> {
  expectFeature(open.sae(sae), feature);
  const encoded = await open.model.tokenizer.encode(text);
  const bos = open.bosId === undefined ? 0 : 1;
  const ablation: SteerEdit = {
    ...{ sae, feature, operation: 'ablate' },
    positions: { ranges: [{ from: bos }] },
  };
  const totals = new Totals(threshold);
  const plan = planWindows(encoded.ids, lineStarts(text, encoded.starts), open.capacity);
  for (const window of plan) {
    const batch = await readWindow(open, { encoded, window, ablation }, breath);
    totals.add(batch);
    emit(batch);
  }
  return totals.finish();
}

interface MappedWindow {
  readonly encoded: EncodedText;
  readonly window: Window;
  readonly ablation: SteerEdit;
}

async function readWindow(
  open: OpenSource,
  { encoded, window: { start, from, end }, ablation }: MappedWindow,
  breath: Breath,
): Promise<AblationMapBatch> {
  const sequence = sequenceOf(open, encoded.ids.slice(start, end));
  // The loss of a token is computed one position earlier; there is none for a token that nothing precedes.
  const first = sequence.length - (end - from) - 1;
  const { baseline, edited } = await readBesideBaseline(
    open,
    {
      sequence,
      promptLength: sequence.length,
      from: Math.max(0, first),
      until: Math.max(1, sequence.length - 1),
      readAt: Math.max(0, first),
    },
    [ablation],
    breath,
  );
  const count = end - from;
  return {
    from: tokenIndex(from),
    count,
    ids: encoded.ids.slice(from, end),
    starts: encoded.starts.slice(from, end),
    ends: encoded.ends.slice(from, end),
    baseline: lossesOf(baseline.losses, count),
    ablated: lossesOf(edited.losses, count),
  };
}

/** Of the last tokens of a window, with NaN for one in front that has none. */
function lossesOf(found: Float32Array, count: number): Float32Array {
  const losses = new Float32Array(count).fill(NaN);
  losses.set(found.subarray(0, count), Math.max(0, count - found.length));
  return losses;
}

/** Sums in double precision. */
class Totals {
  readonly #threshold: number;
  #tokens = 0;
  #baseline = 0;
  #ablated = 0;
  #changed = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  add({ baseline, ablated }: AblationMapBatch): void {
    for (const [i, before] of baseline.entries()) {
      const after = ablated[i] ?? NaN;
      if (Number.isNaN(before)) continue;
      this.#tokens += 1;
      this.#baseline += before;
      this.#ablated += after;
      if (Math.abs(after - before) > this.#threshold) this.#changed += 1;
    }
  }

  finish(): AblationMapTotals {
    return {
      tokens: this.#tokens,
      meanBaseline: this.#baseline / this.#tokens,
      meanAblated: this.#ablated / this.#tokens,
      meanChange: (this.#ablated - this.#baseline) / this.#tokens,
      changedTokens: this.#changed,
    };
  }
}

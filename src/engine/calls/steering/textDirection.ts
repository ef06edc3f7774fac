// A direction of one's own made of two texts: the difference of the means of a site (Marks & Tegmark 2023, "The Geometry of
// Truth: Emergent Linear Structure in Large Language Model Representations of True/False Datasets"; added to the stream it
// steers, Turner et al. 2023, "Activation Addition: Steering Language Models Without Optimization").
import type { DirectionNumbers, ModelChoice } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';
import type { Tensor } from '../../../shared/tensor.ts';
import { captureActivations, type Capture } from '../../analysis/captureActivations.ts';
import { windowCapacity } from '../../analysis/windowCapacity.ts';
import { openModel } from '../../model/openModel.ts';
import { placeModel, requestOf } from '../../model/placement.ts';
import { SiteReader } from '../../model/siteReader.ts';
import type { ProviderChooser } from '../../onnx/runtime/executionProviders.ts';
import type { TextTokenizer } from '../../tokenizer/tokenizer.ts';

export interface DirectionTextsToRead {
  readonly model: ModelChoice;
  readonly site: string;
  readonly more: string;
  readonly less: string;
}

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError `unknownSite`; `emptyText` for a text without tokens; `badArgument` where the means are the same
 */
export async function directionOfTexts(
  { model: choice, site, more, less }: DirectionTextsToRead,
  chooser: ProviderChooser,
  breath: () => Promise<void>,
): Promise<DirectionNumbers> {
  const opened = await openModel(choice.model, choice.variant);
  const { model } = await placeModel(opened, chooser, requestOf(choice));
  const { tokenizer } = model;
  const reader = await SiteReader.open(model, site, model.execution);
  try {
    const { bosId } = tokenizer;
    const capture = { reader, bosId, capacity: windowCapacity(model, bosId), breath };
    const read = async (text: string): Promise<Tensor> => readText(capture, tokenizer, text);
    return differenceOfMeans(await read(more), await read(less), site);
  } finally {
    reader.dispose();
  }
}

/** x [T, D], T ≥ 1; BOS has no row. */
async function readText(capture: Capture, tokenizer: TextTokenizer, text: string): Promise<Tensor> {
  const encoded = await tokenizer.encode(text);
  if (encoded.ids.length > 0)
    return captureActivations(capture, { text, encoded }, () => undefined);
  throw new MonosemError(
    'emptyText',
    'A text to make a direction of has no tokens; give one that says something.',
  );
}

/** mean(more) − mean(less), x [T, D] each → [D]; sums run in double precision. */
function differenceOfMeans(more: Tensor, less: Tensor, site: string): DirectionNumbers {
  const [ofMore, ofLess] = [meanRow(more), meanRow(less)];
  const direction = Float32Array.from(ofMore.mean, (value, d) => value - (ofLess.mean[d] ?? NaN));
  const norm = Math.hypot(...direction);
  if (norm === 0) {
    throw new MonosemError(
      'badArgument',
      `Both texts have the same mean at ${site}, so there is no direction between them; choose texts that differ.`,
    );
  }
  const tokens = ofMore.tokens + ofLess.tokens;
  return {
    direction,
    norm,
    texts: {
      streamNorm: (ofMore.norms + ofLess.norms) / tokens,
      moreTokens: ofMore.tokens,
      lessTokens: ofLess.tokens,
    },
  };
}

/** x [T, D] → its mean row [D], and the sum of the lengths of its rows. */
function meanRow({ dims: [tokens = 0, D = 0], data }: Tensor): {
  readonly mean: Float64Array;
  readonly norms: number;
  readonly tokens: number;
} {
  const mean = new Float64Array(D);
  let norms = 0;
  for (let t = 0; t < tokens; t++) {
    let squares = 0;
    for (let d = 0; d < D; d++) {
      const value = data[t * D + d] ?? NaN;
      mean[d] = (mean[d] ?? 0) + value / tokens;
      squares += value * value;
    }
    norms += Math.sqrt(squares);
  }
  return { mean, norms, tokens };
}

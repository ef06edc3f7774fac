// What calls about single tokens compute, on a source that is open: what the model expects around a token, tokens like
// it, what the BOS in front of a text reads as, how tokens are shown.
import type {
  SimilarTokens,
  SimilarTokensParams,
  TokenDetails,
  TokenDetailsParams,
  TokenTextsParams,
} from '../../../shared/engineProtocol.ts';
import type { BosReading, BosReadingParams } from '../../../shared/readingProtocol.ts';
import { charOffset, tokenId, tokenIndex } from '../../../shared/units.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import { readBos } from '../../analysis/bosReading.ts';
import { expectationOf } from '../../analysis/expectation.ts';
import { lookAtToken } from '../../analysis/tokenLens.ts';
import { emptyTopFeatures, plainRows } from '../../analysis/topFeatures.ts';
import { sparseCosines } from '../../math/sparseCosine.ts';
import { topK } from '../../math/topK.ts';
import type { OpenSource } from '../../sources/openSource.ts';
import { tokenAt, windowOf } from '../../sources/tokenPlace.ts';
import { documentReadings } from './documentReadings.ts';

/** Tokens listed at the end of the model and behind each block, unless a call says otherwise. */
const usualTop = 10;
const usualLensTop = 5;

/** @throws MonosemError `badArgument` for a place outside the text, `unsupportedModel` for a model without logits */
export async function tokenDetails(
  open: OpenSource,
  params: TokenDetailsParams,
  breath: Breath,
): Promise<TokenDetails> {
  const { tokenizer } = open.model;
  const { text, document, top = usualTop, lensTop = usualLensTop } = params;
  const encoded = await tokenizer.encode(text);
  const { ids, starts, ends } = encoded;
  const token = tokenAt(params.at, encoded);
  const window = windowOf(open, { text, encoded }, token);
  const windowIds = ids.slice(window.start, window.end);
  const run = await open.lensRun();
  const earlier = open.documents.windowLike(windowIds, document);
  const place = { ids: windowIds, token: token - window.start };
  const seen = await lookAtToken(run, place, earlier, breath);
  open.documents.keepLooked(seen.window);
  const hasLens = run.programs.unembedding !== undefined;
  const options = { top, lensTop, textOf: (id: number) => tokenizer.textOf(id) };
  const id = ids[token] ?? 0;
  return {
    token: tokenIndex(token),
    id: tokenId(id),
    start: charOffset(starts[token] ?? 0),
    end: charOffset(ends[token] ?? 0),
    piece: tokenizer.pieceOf(id) ?? '',
    bytes: tokenizer.bytesOf(id),
    text: tokenizer.textOf(id),
    ...(seen.here === undefined ? {} : { here: expectationOf(seen.here, id, hasLens, options) }),
    next: expectationOf(seen.next, ids[token + 1], hasLens, options),
    ...(hasLens ? {} : { whyNoLens }),
  };
}

const whyNoLens =
  'This model makes its logits from more than its last layer, so its layers cannot be read one by one.';

/** Nothing where no BOS is put in front of texts: the model has none, or the SAEs were trained without it. */
export async function bosReading(
  open: OpenSource,
  { topK: count }: BosReadingParams,
): Promise<BosReading | null> {
  const { bosId, model } = open;
  if (bosId === undefined) return null;
  const readings = await readBos(await open.windowRun(count, false), bosId);
  const text = model.tokenizer.pieceOf(bosId) ?? model.tokenizer.textOf(bosId);
  return { id: tokenId(bosId), text, readings: open.named(readings.map(plainRows)) };
}

/** @throws MonosemError `badArgument` for a place outside the text or an SAE that is not active */
export async function similarTokens(
  open: OpenSource,
  { at, sae, limit, ...params }: SimilarTokensParams,
  breath: Breath,
): Promise<SimilarTokens> {
  const { encoded, readings } = await documentReadings(open, params, [sae], breath);
  const token = tokenAt(at, encoded);
  const { features, activations } = readings[0] ?? emptyTopFeatures(0, params.topK);
  const cosines = sparseCosines(features, activations, params.topK, token);
  cosines[token] = 0;
  const { values, indices } = topK(cosines, limit);
  const count = values.findIndex((value) => value <= 0);
  const kept = count < 0 ? values.length : count;
  const tokens = indices.slice(0, kept);
  return {
    tokens,
    starts: tokens.map((t) => encoded.starts[t] ?? 0),
    ends: tokens.map((t) => encoded.ends[t] ?? 0),
    similarities: values.slice(0, kept),
  };
}

/** In the order asked for. */
export function vocabularyTexts(
  { model }: OpenSource,
  { ids }: TokenTextsParams,
): Promise<readonly string[]> {
  return Promise.resolve(Array.from(ids, (id) => model.tokenizer.textOf(id)));
}

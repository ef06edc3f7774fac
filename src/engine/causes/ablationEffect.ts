// What taking a feature out of a token does to what the model expects of the text behind it.
import type { LikelyTokens } from '../../shared/engineProtocol.ts';
import type { AblationEffect, AblationParams } from '../../shared/readingProtocol.ts';
import { tokenIndex } from '../../shared/units.ts';
import { sequenceOf, type Breath } from '../analysis/analysedWindow.ts';
import { compareLogits } from '../math/kl.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import { expectFeature } from '../sae/sae.ts';
import type { OpenSource } from '../sources/openSource.ts';
import { tokenAt, windowOf } from '../sources/tokenPlace.ts';
import type { ForcedRow } from '../steering/teacherForced.ts';
import { readBesideBaseline } from './besideBaseline.ts';

/**
 * @throws MonosemError `unknownFeature`, `badArgument` for a place outside the text or an SAE that is not active,
 *   `unsupportedModel` for a model without logits
 */
export async function ablationEffect(
  open: OpenSource,
  params: AblationParams,
  breath: Breath,
): Promise<AblationEffect> {
  const { text, at, sae, feature, scope, limit, top } = params;
  expectFeature(open.sae(sae), feature);
  const { tokenizer } = open.model;
  const encoded = await tokenizer.encode(text);
  const token = tokenAt(at, encoded);
  const window = windowOf(open, { text, encoded }, token);
  const count = Math.min(limit, window.end - token - 1);
  const sequence = sequenceOf(open, encoded.ids.slice(window.start, window.end));
  const position = sequence.length - (window.end - token);
  const range = scope === 'onwards' ? { from: position } : { from: position, to: position + 1 };
  const { baseline, edited: ablated } = await readBesideBaseline(
    open,
    {
      sequence,
      promptLength: sequence.length,
      from: position,
      until: position + Math.max(1, count),
      readAt: position,
    },
    [{ sae, feature, operation: 'ablate', positions: { ranges: [range] } }],
    breath,
  );
  const behind = [token + 1, token + 1 + count] as const;
  const expected = ({ logits }: ForcedRow): LikelyTokens =>
    likelyTokens(logits, top, (id) => tokenizer.textOf(id));
  return {
    token: tokenIndex(token),
    activation: baseline.activations[open.saes.findIndex(({ place }) => place === sae)]?.[0] ?? 0,
    ids: encoded.ids.slice(...behind),
    starts: encoded.starts.slice(...behind),
    ends: encoded.ends.slice(...behind),
    baseline: baseline.losses.slice(0, count),
    ablated: ablated.losses.slice(0, count),
    next: {
      baseline: expected(baseline),
      ablated: expected(ablated),
      kl: compareLogits(baseline.logits, ablated.logits).kl,
    },
  };
}

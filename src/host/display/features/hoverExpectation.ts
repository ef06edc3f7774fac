// What the model expected in the place of a token, as markdown: loss, rank, likeliest tokens, and the logit lens layer
// by layer. Text of the vocabulary is escaped. Without VS Code.
import { t } from '../../../shared/l10n.ts';
import { countText, numberText } from '../../../shared/numberText.ts';
import { expectedByAnalysis, expectedByLook, layersOf } from '../tokens/expected.ts';
import type { Expected, LayerView, LikelyToken } from '../tokens/expected.ts';
import type { TokenFacts } from '../tokens/tokenFacts.ts';
import { likelyText, lossText, nats, rankText, signedNats } from '../tokens/tokenText.ts';
import { codeInCell, codeSpan, percent } from './featureText.ts';
import { detailsOf } from './hoverToken.ts';
import type { HoverToken } from './hoverToken.ts';

/** Likely tokens in one line. */
const mostLikely = 5;

/** Paragraphs of markdown; none where nothing was computed. */
export function expectationMarkdown(
  token: HoverToken,
  { tokenText }: TokenFacts,
): readonly string[] {
  const details = detailsOf(token);
  const expected =
    expectedByAnalysis(token, tokenText) ?? (details?.here && expectedByLook(details.here));
  if (expected === undefined) return [];
  return [...lossMarkdown(expected), likelyMarkdown(expected, token.id)];
}

/** What an ablation map has found. */
export function ablationMarkdown({ ablation }: HoverToken): readonly string[] {
  if (ablation === undefined) return [];
  const { baseline, ablated, feature } = ablation;
  const change = signedNats(ablated - baseline);
  const losses = `${numberText(baseline)} → ${nats(ablated)}`;
  return [`**${t('Loss without #{0}', feature)}** ${losses} (${change})`];
}

/** A table of all layers, where a look at the token has read them. */
export function lensMarkdown(token: HoverToken): readonly string[] {
  const here = detailsOf(token)?.here;
  const layers = here === undefined ? [] : layersOf(here);
  return layers.length === 0 ? [] : [tableOf(layers)];
}

function lossMarkdown({ loss, rank }: Expected): readonly string[] {
  if (loss === undefined || rank === undefined) return [];
  return [`**${t('Loss')}** ${lossText(loss)}, ${rankText(rank)}`];
}

/** The token that is there is set in bold. */
function likelyMarkdown({ likely }: Expected, actual: number): string {
  const words = likely.slice(0, mostLikely).map((token) => {
    const text = `${codeSpan(likelyText(token))} ${percent(token.probability)}`;
    return token.id === actual ? `**${text}**` : text;
  });
  return `**${t('Expected here')}** ${words.join(' · ')}`;
}

function tableOf(layers: readonly LayerView[]): string {
  const columns = [t('layer'), t('logit lens'), '', t('rank of this token')];
  const rows = layers.map(({ layer, likeliest, rank }) =>
    [
      layer,
      likeliest === undefined ? '' : codeInCell(likelyText(likeliest)),
      shareOf(likeliest),
      countText(rank),
    ].join(' | '),
  );
  return [
    `| ${columns.join(' | ')} |`,
    '|---:|---|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function shareOf(likely: LikelyToken | undefined): string {
  return likely === undefined ? '' : percent(likely.probability);
}

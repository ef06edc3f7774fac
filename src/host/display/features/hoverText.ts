// The hover of a token as markdown: the token, what the model expected in its place, its features, and links to our own
// commands. Everything that comes from a file or a model is escaped. Without VS Code.
import { commands } from '../../../shared/contributions.ts';
import { t } from '../../../shared/l10n.ts';
import { commandLink } from '../commandLink.ts';
import type { TokenFacts } from '../tokens/tokenFacts.ts';
import { bytesOfText, hexText } from '../tokens/tokenText.ts';
import { codeSpan, visibleToken } from './featureText.ts';
import { ablationMarkdown, expectationMarkdown, lensMarkdown } from './hoverExpectation.ts';
import { featuresMarkdown } from './hoverFeatures.ts';
import { detailsOf } from './hoverToken.ts';
import type { HoverToken } from './hoverToken.ts';

/** Commands a hover may run. */
export const hoverCommands: readonly string[] = [
  commands.openFeature.id,
  commands.pinFeature.id,
  commands.unpinFeature.id,
  commands.steerSelection.id,
  commands.boostFeatureHere.id,
  commands.ablateFeatureHere.id,
  commands.findSimilarTokens.id,
  commands.showToken.id,
  commands.openSettings.id,
];

/** Tokens shown of those that share one character. */
const mostTokens = 4;
/** Features listed in one hover: VS Code cuts texts of more than 100,000 characters wherever that may be. */
const mostFeatures = 64;

/** @param tokens those under the pointer: several where one character is split over tokens */
export function hoverMarkdown(tokens: readonly HoverToken[], facts: TokenFacts): string {
  const shown = tokens.slice(0, mostTokens);
  const ofEach = Math.floor(mostFeatures / shown.length);
  const sections = shown.map((token) => tokenMarkdown(token, facts, ofEach));
  const more = tokens.length - shown.length;
  const last = [
    ...(more > 0 ? [t('and {0} more tokens of this character', more)] : []),
    ...footer(shown),
  ];
  return [sections.join('\n\n---\n\n'), ...last].join('\n\n');
}

function tokenMarkdown(token: HoverToken, facts: TokenFacts, most: number): string {
  return [
    head(token, facts),
    ...ablationMarkdown(token),
    ...expectationMarkdown(token, facts),
    ...featuresMarkdown(token, facts, most),
    ...lensMarkdown(token),
  ].join('\n\n');
}

function head(token: HoverToken, { tokenText }: TokenFacts): string {
  const text = codeSpan(visibleToken(token.text));
  const place = t('token {0}, id {1}', token.index, token.id);
  const spelling = tokenText(token.id);
  const bytes =
    detailsOf(token)?.bytes ?? (spelling === undefined ? undefined : bytesOfText(spelling));
  if (bytes === undefined || bytes.length === 0) return `${text} ${place}`;
  return `${text} ${place}, ${t('bytes {0}', codeSpan(hexText(bytes)))}`;
}

/** What is computed only when asked for. */
function footer(tokens: readonly HoverToken[]): readonly string[] {
  const [first] = tokens;
  if (first === undefined) return [];
  const place = [first.start, first.uri];
  const isKnown = first.prediction !== undefined || detailsOf(first) !== undefined;
  const similar = commandLink(
    t('similar tokens'),
    t('Find tokens of this file with similar features'),
    commands.findSimilarTokens.id,
    place,
  );
  const details = commandLink(
    isKnown ? t('details') : t('loss, predictions and logit lens'),
    t('Show what the model expected here and next, layer by layer'),
    commands.showToken.id,
    place,
  );
  return [`${similar} · ${details}`];
}

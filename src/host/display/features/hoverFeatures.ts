// The features of one token as a table of a hover: bars, shares, labels, densities and links to our own commands, SAE
// after SAE where there are several. Everything that comes from a file or a model is escaped. Without VS Code.
import { commands, settings } from '../../../shared/contributions.ts';
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import { commandLink } from '../commandLink.ts';
import { oneLine } from '../oneLine.ts';
import { activeFeatures, leftOutOf } from '../tokens/activeFeatures.ts';
import type { ActiveFeature, ActiveOfSae } from '../tokens/activeFeatures.ts';
import type { TokenFacts } from '../tokens/tokenFacts.ts';
import { activationText, bar, codeInCell, codeSpan, featureLabel, percent } from './featureText.ts';
import type { HoverToken } from './hoverToken.ts';
import { swatchAddress } from './hoverSwatch.ts';
import { hoverWords } from './hoverWords.ts';
import { listWords } from './listWords.ts';

const barWidth = 8;

/** Paragraphs of markdown. @param most features listed of all SAEs together, the same number of each */
export function featuresMarkdown(
  token: HoverToken,
  facts: TokenFacts,
  most: number,
): readonly string[] {
  const found = activeFeatures(token, facts);
  const ofEach = Math.max(1, Math.floor(most / found.length));
  const tables = found.map((ofSae) => tableOf(ofSae, token, facts, ofEach));
  const titled =
    found.length < 2
      ? tables
      : found.flatMap(({ sae }, at) => [heading(sae, facts), tables[at] ?? '']);
  return leftOutOf(found) === 0 ? titled : [...titled, leftOutLink(found)];
}

/** Names of SAEs come from files. */
function heading(sae: SaePlace, { labels, painted }: TokenFacts): string {
  const label = codeSpan(oneLine(labels.get(sae) ?? sae));
  return sae === painted ? `**${label}** · ${t('painted')}` : `**${label}**`;
}

function leftOutLink(found: readonly ActiveOfSae[]): string {
  const saes = found.filter(({ leftOut }) => leftOut > 0).map(({ sae }) => sae);
  const title = t('Show the settings that leave out features');
  return commandLink(
    listWords(saes).leftOutByFilters(leftOutOf(found)),
    title,
    commands.openSettings.id,
    ['features'],
  );
}

function tableOf(found: ActiveOfSae, token: HoverToken, facts: TokenFacts, most: number): string {
  const words = hoverWords(found.sae);
  if (found.shown.length === 0)
    return found.leftOut === 0 ? listWords([found.sae]).noneOnToken : words.noOther;
  const share = commandLink(t('share'), words.ofKept(found.kept), commands.openSettings.id, [
    settings.topK.key,
  ]);
  const columns = ['', words.column, t('activation'), share, t('peaks on'), t('density'), ''];
  const listed = found.shown.slice(0, most);
  const more = found.shown.length - listed.length;
  const table = [
    `| ${columns.join(' | ')} |`,
    '|---|---|---|---:|---|---:|---|',
    ...listed.map((active) => row(active, token, facts)),
  ].join('\n');
  return more === 0 ? table : `${table}\n\n${t('and {0} weaker ones', more)}`;
}

function row(active: ActiveFeature, token: HoverToken, facts: TokenFacts): string {
  const { sae, feature, activation, share, strength } = active;
  const brief = facts.brief(sae, feature);
  const label = featureLabel(brief);
  const cells = [
    `![](${swatchAddress(facts.colourOf({ sae, feature }))})`,
    commandLink(`#${feature}`, hoverWords(sae).open, commands.openFeature.id, [feature, sae]),
    `${codeInCell(bar(strength, barWidth))} ${activationText(activation)}`,
    percent(share),
    label === '' ? '' : codeInCell(label),
    brief === undefined ? '' : percent(brief.density),
    links(active, token, facts.isPinned({ sae, feature })),
  ];
  return `| ${cells.join(' | ')} |`;
}

function links({ sae, feature }: ActiveFeature, token: HoverToken, isPinned: boolean): string {
  const { start, end, uri } = token;
  const words = hoverWords(sae);
  const ref = [feature, sae];
  const pin = isPinned
    ? commandLink(t('unpin'), words.unpin, commands.unpinFeature.id, ref)
    : commandLink(t('pin'), words.pin, commands.pinFeature.id, ref);
  const steer = commandLink(t('steer'), words.steer, commands.steerSelection.id, [...ref, end]);
  const ablate = commandLink(t('ablate'), words.ablate, commands.ablateFeatureHere.id, [
    ...ref,
    start,
    uri,
  ]);
  const boost = commandLink(t('boost'), words.boost, commands.boostFeatureHere.id, [
    ...ref,
    start,
    uri,
  ]);
  return `${pin} · ${steer} · ${boost} · ${ablate}`;
}

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
  const leftOut = leftOutOf(found);
  return leftOut === 0 ? titled : [...titled, leftOutLink(leftOut)];
}

/** Names of SAEs come from files. */
function heading(sae: SaePlace, { labels, painted }: TokenFacts): string {
  const label = codeSpan(oneLine(labels.get(sae) ?? sae));
  return sae === painted ? `**${label}** · ${t('painted')}` : `**${label}**`;
}

function leftOutLink(count: number): string {
  const text =
    count === 1
      ? t('1 feature is left out by your filters')
      : t('{0} features are left out by your filters', count);
  const title = t('Show the settings that leave out features');
  return commandLink(text, title, commands.openSettings.id, ['features']);
}

function tableOf(found: ActiveOfSae, token: HoverToken, facts: TokenFacts, most: number): string {
  if (found.shown.length === 0) {
    return found.leftOut === 0
      ? t('No feature is active on this token.')
      : t('No other feature is active on this token.');
  }
  const share = commandLink(
    t('share'),
    t('Of the summed activation of the {0} strongest features, which are those kept', found.kept),
    commands.openSettings.id,
    [settings.topK.key],
  );
  const columns = ['', t('feature'), t('activation'), share, t('peaks on'), t('density'), ''];
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
    commandLink(`#${feature}`, t('Show what this feature means'), commands.openFeature.id, [
      feature,
      sae,
    ]),
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
  const pin = isPinned
    ? commandLink(t('unpin'), t('Keep this feature no longer'), commands.unpinFeature.id, [
        feature,
        sae,
      ])
    : commandLink(
        t('pin'),
        t('Keep this feature, with a colour of its own'),
        commands.pinFeature.id,
        [feature, sae],
      );
  const steer = commandLink(t('steer'), t('Steer with this feature'), commands.steerSelection.id, [
    feature,
    sae,
    end,
  ]);
  const ablate = commandLink(
    t('ablate'),
    t('Take this feature out of this token and see what the model expects then'),
    commands.ablateFeatureHere.id,
    [feature, sae, start, uri],
  );
  return `${pin} · ${steer} · ${ablate}`;
}

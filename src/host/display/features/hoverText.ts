// The hover of a token as markdown: the token, then its features with bars, labels and links to our own commands, SAE
// after SAE where there are several.
// Everything that comes from a file or a model is escaped. Without VS Code.
import { commands } from '../../../shared/contributions.ts';
import type { FeatureBrief, SaePlace } from '../../../shared/engineProtocol.ts';
import { featureColour } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';
import type { TokenReading } from '../../documents/tokenTable.ts';
import { oneLine } from '../oneLine.ts';
import {
  activationText,
  bar,
  codeSpan,
  featureLabel,
  percent,
  visibleToken,
} from './featureText.ts';

export interface HoverToken {
  readonly text: string;
  readonly id: number;
  /** Position in the document. */
  readonly index: number;
  /** UTF-16 offset of its end: where a steered text goes on. */
  readonly end: number;
  /** Slots with activation 0 are not shown. */
  readonly readings: readonly TokenReading[];
}

/** What is known beside the tokens. */
export interface HoverFacts {
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  /** The SAE whose features are painted: it comes first. */
  readonly painted?: SaePlace | undefined;
  /** What each SAE is called. */
  readonly labels: ReadonlyMap<SaePlace, string>;
}

/** Commands a hover may run. */
export const hoverCommands: readonly string[] = [
  commands.openFeature.id,
  commands.steerSelection.id,
];

const barWidth = 8;

/** @param tokens those under the pointer: several where one character is split over tokens */
export function hoverMarkdown(tokens: readonly HoverToken[], facts: HoverFacts): string {
  return tokens.map((token) => tokenMarkdown(token, facts)).join('\n\n---\n\n');
}

function tokenMarkdown(token: HoverToken, facts: HoverFacts): string {
  const head = `${codeSpan(visibleToken(token.text))} token ${token.index}, id ${token.id}`;
  const isPainted = ({ sae }: TokenReading): number => Number(sae === facts.painted);
  const sorted = token.readings.toSorted((a, b) => isPainted(b) - isPainted(a));
  const parts = sorted.map((reading) => readingMarkdown(reading, token.end, facts));
  if (sorted.length < 2) return [head, ...parts].join('\n\n');
  const titled = sorted.map(({ sae }, at) => `${heading(sae, facts)}\n\n${parts[at] ?? ''}`);
  return [head, ...titled].join('\n\n');
}

/** Names of SAEs come from files. */
function heading(sae: SaePlace, { labels, painted }: HoverFacts): string {
  const label = codeSpan(oneLine(labels.get(sae) ?? sae));
  return sae === painted ? `**${label}** · painted` : `**${label}**`;
}

function readingMarkdown(
  { sae, features, activations }: TokenReading,
  end: number,
  { brief }: HoverFacts,
): string {
  const strongest = activations[0] ?? 0;
  const rows = [...features].flatMap((feature, slot) => {
    const activation = activations[slot] ?? 0;
    const active = { sae, feature, activation, strongest, end };
    return activation > 0 ? [row(active, brief(sae, feature))] : [];
  });
  if (rows.length === 0) return 'No feature is active on this token.';
  const columns = '| | feature | activation | peaks on | density | |';
  return [columns, '|---|---|---|---|---:|---|', ...rows].join('\n');
}

interface Active {
  readonly sae: SaePlace;
  readonly feature: number;
  readonly activation: number;
  readonly strongest: number;
  readonly end: number;
}

/** Bars compare with the feature's own maximum where it is known, else with the token's strongest feature. */
function row(active: Active, brief: FeatureBrief | undefined): string {
  const { sae, feature, activation, strongest, end } = active;
  const maximum = brief !== undefined && brief.maxActivation > 0 ? brief.maxActivation : strongest;
  const label = featureLabel(brief);
  const cells = [
    swatch(feature),
    link(`#${feature}`, 'Show what this feature means', commands.openFeature.id, [feature, sae]),
    `${codeSpan(bar(activation / maximum, barWidth))} ${activationText(activation)}`,
    label === '' ? '' : codeSpan(label),
    brief === undefined ? '' : percent(brief.density),
    link('steer', 'Steer with this feature', commands.steerSelection.id, [feature, sae, end]),
  ];
  return `| ${cells.join(' | ')} |`;
}

function link(
  text: string,
  title: string,
  command: string,
  args: readonly (number | string)[],
): string {
  // A parenthesis in the name of a folder would end the link.
  const encoded = encodeURIComponent(JSON.stringify(args))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `[${text}](command:${command}?${encoded} "${title}")`;
}

/** A small square in the feature's colour: the version for dark themes is legible on light ones too. */
function swatch(feature: number): string {
  const colour = featureColour(featureIndex(feature));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" rx="2" fill="${colour.dark}" stroke="${colour.light}"/></svg>`;
  return `![](data:image/svg+xml;base64,${btoa(svg)})`;
}

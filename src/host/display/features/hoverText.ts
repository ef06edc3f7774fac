// The hover of a token as markdown: the token, then its features with bars, labels and links to our own commands.
// Everything that comes from a file or a model is escaped. Without VS Code.
import { commands } from '../../../shared/contributions.ts';
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { featureColour } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';
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
  readonly features: Uint32Array;
  /** Same order as `features`; slots with 0 are not shown. */
  readonly activations: Float32Array;
}

/** Commands a hover may run. */
export const hoverCommands: readonly string[] = [
  commands.openFeature.id,
  commands.steerSelection.id,
];

const barWidth = 8;

/** @param tokens those under the pointer: several where one character is split over tokens */
export function hoverMarkdown(
  tokens: readonly HoverToken[],
  brief: (feature: number) => FeatureBrief | undefined,
): string {
  return tokens.map((token) => tokenMarkdown(token, brief)).join('\n\n---\n\n');
}

function tokenMarkdown(
  token: HoverToken,
  brief: (feature: number) => FeatureBrief | undefined,
): string {
  const head = `${codeSpan(visibleToken(token.text))} token ${token.index}, id ${token.id}`;
  const strongest = token.activations[0] ?? 0;
  const rows = [...token.features].flatMap((feature, slot) => {
    const activation = token.activations[slot] ?? 0;
    const active = { feature, activation, strongest, end: token.end };
    return activation > 0 ? [row(active, brief(feature))] : [];
  });
  if (rows.length === 0) return `${head}\n\nNo feature is active on this token.`;
  const columns = '| | feature | activation | peaks on | density | |';
  return [head, '', columns, '|---|---|---|---|---:|---|', ...rows].join('\n');
}

interface Active {
  readonly feature: number;
  readonly activation: number;
  readonly strongest: number;
  readonly end: number;
}

/** Bars compare with the feature's own maximum where it is known, else with the token's strongest feature. */
function row(active: Active, brief: FeatureBrief | undefined): string {
  const { feature, activation, strongest, end } = active;
  const maximum = brief !== undefined && brief.maxActivation > 0 ? brief.maxActivation : strongest;
  const label = featureLabel(brief);
  const cells = [
    swatch(feature),
    link(`#${feature}`, 'Show what this feature means', commands.openFeature.id, [feature]),
    `${codeSpan(bar(activation / maximum, barWidth))} ${activationText(activation)}`,
    label === '' ? '' : codeSpan(label),
    brief === undefined ? '' : percent(brief.density),
    link('steer', 'Steer with this feature', commands.steerSelection.id, [feature, end]),
  ];
  return `| ${cells.join(' | ')} |`;
}

function link(text: string, title: string, command: string, args: readonly number[]): string {
  return `[${text}](command:${command}?${encodeURIComponent(JSON.stringify(args))} "${title}")`;
}

/** A small square in the feature's colour: the version for dark themes is legible on light ones too. */
function swatch(feature: number): string {
  const colour = featureColour(featureIndex(feature));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" rx="2" fill="${colour.dark}" stroke="${colour.light}"/></svg>`;
  return `![](data:image/svg+xml;base64,${btoa(svg)})`;
}

// Features and tokens in words, for hovers and lists: labels, bars, numbers, and the code spans that keep text of files
// and models from being read as markdown. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { numberText, percentText } from '../../../shared/numberText.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `width` characters, filled to `share` (0…1) in steps of an eighth of a character. */
export function bar(share: number, width: number): string {
  const bounded = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  const filled = Math.round(bounded * width * 8);
  const drawn = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
  return drawn.padEnd(width, '\u2007');
}

/** White space made visible, control characters replaced: one line that shows what the token is. */
export function visibleToken(text: string): string {
  return text
    .replaceAll('\r\n', '⏎')
    .replaceAll(/[\r\n]/g, '⏎')
    .replaceAll('\t', '⇥')
    .replaceAll(' ', '·')
    .replaceAll(/\p{Cc}|\p{Cf}/gu, '�');
}

/** What a feature is about, in the tokens it peaks on; empty if nothing is known. */
export function featureLabel(brief: FeatureBrief | undefined, most = 3): string {
  const seen = new Set(
    (brief?.peakTokens ?? []).map((token) => token.trim()).filter((token) => token !== ''),
  );
  return [...seen].slice(0, most).map(visibleToken).join(', ');
}

/** Share as a percentage. */
export function percent(share: number): string {
  return percentText(share);
}

export function activationText(activation: number): string {
  return numberText(activation);
}

/** Text as a markdown code span that shows exactly this text. */
export function codeSpan(text: string): string {
  const longestRun = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longestRun + 1);
  const padded = text.startsWith('`') || text.endsWith('`') || text === '' ? ` ${text} ` : text;
  return `${fence}${padded.replaceAll(/[\r\n]+/g, ' ')}${fence}`;
}

/** The same inside a table, where a bar would end the cell. */
export function codeInCell(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

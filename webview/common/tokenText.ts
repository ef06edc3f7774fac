// Token text made visible. Tokens are untrusted and often invisible: line ends, tabs, spaces, control characters, halves
// of a character, and direction overrides that would reorder the words around them. Here they become marks. Pure.

import { t } from '../../src/shared/l10n.ts';

/** Part of a token as shown: text as it is, or a dimmed mark that stands for something invisible. */
export interface TokenPiece {
  readonly text: string;
  readonly isMark: boolean;
}

/** A token as shown in running text; `members` are the indices of the tokens it was made of. */
export interface ShownToken {
  readonly text: string;
  readonly members: readonly number[];
}

/** C0 and C1 controls, zero-width characters, direction controls, line and paragraph separators. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/**
 * A token in running text. Line ends become `⏎`, tabs `⇥`, a carriage return `␍`, other invisible characters their
 * code point. With `breaks`, the line also ends after `⏎`.
 */
export function flowingPieces(text: string, breaks: boolean): readonly TokenPiece[] {
  const pieces: TokenPiece[] = [];
  let plain = '';
  const endPlain = (): void => {
    if (plain !== '') pieces.push({ text: plain, isMark: false });
    plain = '';
  };
  for (const character of text) {
    if (!invisible.test(character)) {
      plain += character;
      continue;
    }
    endPlain();
    pieces.push({ text: markOf(character), isMark: true });
    if (breaks && character === '\n') plain = '\n';
  }
  endPlain();
  return pieces;
}

/** A token alone, in a tooltip or a list: a leading or trailing space is shown as `␣`. */
export function visibleToken(text: string): string {
  if (text === '') return t('(part of a character)');
  const marked = Array.from(text, (c) => (invisible.test(c) ? markOf(c) : c)).join('');
  return marked.replace(/^ +| +$/gu, (spaces) => '␣'.repeat(spaces.length));
}

/** A token as a name for a feature: without the space in front, unless there is nothing else. */
export function tokenName(text: string): string {
  const trimmed = text.trim();
  return visibleToken(trimmed === '' ? text : trimmed);
}

/**
 * Tokens as shown: a character split over several tokens (empty text until it is complete) becomes one, with all its
 * members. Empty tokens at the end join the last one.
 */
export function joinSplitCharacters(tokens: readonly string[]): readonly ShownToken[] {
  const shown: { text: string; members: number[] }[] = [];
  let pending: number[] = [];
  tokens.forEach((text, index) => {
    pending.push(index);
    if (text === '') return;
    shown.push({ text, members: pending });
    pending = [];
  });
  const last = shown.at(-1);
  if (last !== undefined) last.members.push(...pending);
  return shown;
}

function markOf(character: string): string {
  if (character === '\n') return '⏎';
  if (character === '\t') return '⇥';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

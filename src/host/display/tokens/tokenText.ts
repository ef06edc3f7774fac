// Tokens and what is measured on them, in words: losses, probabilities, bytes, and what a screen reader says for a token.
// Without VS Code.
import { t } from '../../../shared/l10n.ts';
import { countText, numberText, signedText } from '../../../shared/numberText.ts';
import { percent, visibleToken } from '../features/featureText.ts';
import { oneLine } from '../oneLine.ts';
import type { LikelyToken } from './expected.ts';

/** Bytes shown of a token; some tokens are long runs of blanks. */
const mostBytes = 16;

export function nats(loss: number): string {
  return t('{0} nats', numberText(loss));
}

/** 1 nat is 1 ⁄ ln 2 bits. */
export function bits(loss: number): string {
  return t('{0} bits', numberText(loss / Math.LN2));
}

/** e.g. `3.21 nats (4.63 bits), probability 4%` */
export function lossText(loss: number): string {
  return t('{0} ({1}), probability {2}', nats(loss), bits(loss), percent(Math.exp(-loss)));
}

/** A change, with its sign. */
export function signedNats(change: number): string {
  return t('{0} nats', signedText(change));
}

/** 1 + the number of likelier tokens. */
export function rankText(rank: number): string {
  return t('rank {0}', countText(rank));
}

export function tokensText(count: number): string {
  return count === 1 ? t('1 token') : t('{0} tokens', countText(count));
}

/** A likely token as it is shown; by its id until its text is known. */
export function likelyText({ id, text }: LikelyToken): string {
  return text === undefined || text === '' ? t('id {0}', id) : visibleToken(text);
}

/**
 * Bytes in hexadecimal, of a text as the vocabulary gives it: bytes that are no whole character are `\xE2` there. Text
 * that spells such an escape in letters cannot be told from it.
 */
export function bytesOfText(text: string): Uint8Array {
  const parts = text.split(/\\x([89A-F][0-9A-F])/);
  const encoder = new TextEncoder();
  return Uint8Array.from(
    parts.flatMap((part, n) => (n % 2 === 1 ? [parseInt(part, 16)] : [...encoder.encode(part)])),
  );
}

/** e.g. `20 67 69` */
export function hexText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, mostBytes)].map((byte) =>
    byte.toString(16).toUpperCase().padStart(2, '0'),
  );
  return [...shown, ...(bytes.length > mostBytes ? ['…'] : [])].join(' ');
}

/** What is said for a token: its text, or the name of what cannot be heard. */
export function spokenToken(text: string): string {
  const words = oneLine(text);
  if (words !== '') return words;
  if (text === '') return t('nothing');
  if (/[\r\n]/.test(text)) return t('line break');
  if (text.includes('\t')) return t('tab');
  return text.length === 1 ? t('space') : t('{0} spaces', text.length);
}

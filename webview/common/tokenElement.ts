// A token in running text. Its leading spaces stand outside what is shaded, so that no sliver of colour is left at the end
// of a line when the word moves to the next.
import { element } from './element.ts';
import { flowingPieces } from './tokenText.ts';
import { markItem } from './tooltip.ts';

interface TokenOptions {
  readonly text: string;
  /** Among the items of the tooltip container the token is in. */
  readonly index: number;
  /** The one token of the container that Tab reaches. */
  readonly isEntry: boolean;
  /** Line ends in the token end the line. */
  readonly breaks: boolean;
  readonly class?: string | undefined;
}

export function tokenElement(options: TokenOptions): HTMLElement {
  const [, spaces = '', rest = ''] = /^( *)([\s\S]*)$/u.exec(options.text) ?? [];
  const ink = element('span', { class: 'token-ink' });
  for (const { text, isMark } of flowingPieces(rest === '' ? spaces : rest, options.breaks)) {
    ink.append(
      isMark
        ? element('span', { class: 'token-mark', attributes: { 'aria-hidden': 'true' } }, text)
        : text,
    );
  }
  const outside = rest === '' ? [] : [spaces];
  const token = element('span', { class: `token ${options.class ?? ''}`.trim() }, ...outside, ink);
  if (options.text !== '') markItem(token, options.index, options.isEntry);
  return token;
}

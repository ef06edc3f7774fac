// One top-activating example: its text with every token shaded by its activation, and the peak set apart.
import type { FeatureExample } from '../../src/shared/engineProtocol.ts';
import { t } from '../../src/shared/l10n.ts';
import { multipleText, numberText } from '../../src/shared/numberText.ts';
import { copyButton } from '../common/clipboard.ts';
import { element } from '../common/element.ts';
import { paintStrength } from '../common/featureColour.ts';
import { tokenElement } from '../common/tokenElement.ts';
import { visibleToken } from '../common/tokenText.ts';
import { addTooltips, indexOfItem } from '../common/tooltip.ts';
import { type ExcerptToken, exampleText, excerptOf, shortContext } from './excerpt.ts';

interface ExampleOptions {
  readonly example: FeatureExample;
  /** Largest activation of the feature in the corpus: the strength of a token is its share of it. */
  readonly maxActivation: number;
  readonly isFull: boolean;
  /** 1 for the strongest example. */
  readonly rank: number;
}

export function exampleItem(options: ExampleOptions): HTMLElement {
  const { example, rank } = options;
  const peak = example.activations[example.peak] ?? 0;
  const item = element(
    'li',
    { class: 'example' },
    element(
      'div',
      { class: 'example-top' },
      element(
        'span',
        { class: 'example-peak', attributes: { title: t('Activation of the strongest token') } },
        numberText(peak),
      ),
      copyButton(t('Copy example {0}', rank), () => exampleText(example)),
    ),
  );
  let text = exampleTokens(options, options.isFull, expand);
  item.append(text);
  return item;

  function expand(): void {
    const full = exampleTokens(options, true, expand);
    text.replaceWith(full);
    text = full;
    full.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }
}

function exampleTokens(options: ExampleOptions, isFull: boolean, expand: () => void): HTMLElement {
  const excerpt = excerptOf(options.example, isFull ? Infinity : shortContext);
  const max = options.maxActivation;
  const text = element('p', { class: 'token-text', attributes: { dir: 'auto' } });
  if (excerpt.isCutBefore) text.append(ellipsis(t('Show the text before'), expand));
  const hasPeak = excerpt.tokens.some(({ isPeak }) => isPeak);
  excerpt.tokens.forEach((token, index) => {
    const shown = tokenElement({
      text: index === 0 && excerpt.isCutBefore ? withoutLeadingSpace(token.text) : token.text,
      index,
      isEntry: hasPeak ? token.isPeak : index === 0,
      breaks: isFull,
      class: token.isPeak ? 'token-peak' : token.activation > 0 ? 'token-active' : undefined,
    });
    if (token.activation > 0 && max > 0) paintStrength(shown, token.activation / max);
    text.append(shown);
  });
  if (excerpt.isCutAfter) text.append(ellipsis(t('Show the text after'), expand));
  addTooltips(text, (item) => {
    const token = excerpt.tokens[indexOfItem(item)];
    return token === undefined ? [] : tokenLines(token, max);
  });
  return text;
}

/** After an ellipsis a space would be one too many. */
function withoutLeadingSpace(text: string): string {
  return text.trimStart() === '' ? text : text.trimStart();
}

function tokenLines(token: ExcerptToken, max: number): readonly string[] {
  const name = visibleToken(token.text);
  if (token.activation <= 0) return [name, t('not active')];
  const activation = numberText(token.activation);
  const share = multipleText(token.activation / max);
  const text =
    max > 0 ? t('activation {0} ({1} max)', activation, share) : t('activation {0}', activation);
  return [name, text];
}

function ellipsis(name: string, onPress: () => void): HTMLElement {
  return element(
    'button',
    {
      class: 'link ellipsis',
      attributes: { type: 'button', 'aria-label': name, title: name },
      onClick: onPress,
    },
    '…',
  );
}

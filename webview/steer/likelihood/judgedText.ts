// The continuation token by token, painted by what the edits do to the loss of each. One tooltip says the losses of a token
// on hover and on focus; the arrow keys go from token to token.
import { t } from '../../../src/shared/l10n.ts';
import { lossChangeBounds } from '../../../src/shared/lossChange.ts';
import { figureText } from '../../../src/shared/numberText.ts';
import { element } from '../../common/element.ts';
import { tokenElement } from '../../common/tokenElement.ts';
import { joinSplitCharacters } from '../../common/tokenText.ts';
import { addTooltips, indexOfItem } from '../../common/tooltip.ts';
import { judgedLines } from './likelihoodText.ts';
import { paintLossChange } from './lossChangePaint.ts';
import type { JudgedToken } from './measurement.ts';

export function judgedText(tokens: readonly JudgedToken[]): HTMLElement {
  const shown = withWholeCharacters(tokens);
  const text = element(
    'p',
    {
      class: 'token-text judged-text',
      attributes: {
        ...{ role: 'group', dir: 'auto' },
        'aria-label': t('The continuation, token by token'),
      },
    },
    ...shown.map(tokenNode),
  );
  addTooltips(text, (item) => {
    const token = shown[indexOfItem(item)];
    return token === undefined ? [] : judgedLines(token);
  });
  return text;
}

/** What the paint means, painted itself. */
export function lossChangeLegend(): HTMLElement {
  const sample = (words: string, change: number): HTMLElement => {
    const ink = element('span', { class: 'token-ink' }, words);
    const token = element('span', { class: 'token' }, ink);
    paintLossChange(token, change);
    return token;
  };
  const bounds = lossChangeBounds.map(figureText).join(' · ');
  return element(
    'p',
    { class: 'quiet judged-legend' },
    sample(t('harder to predict'), 0.5),
    sample(t('easier to predict'), -0.5),
    element('span', {}, t('Levels begin at {0} nats', bounds)),
  );
}

/** The losses of tokens that make up one character are those of the character together. */
function withWholeCharacters(tokens: readonly JudgedToken[]): readonly JudgedToken[] {
  return joinSplitCharacters(tokens.map(({ text }) => text)).map(({ text, members }) => {
    const sum = (side: 'baseline' | 'steered'): number =>
      members.reduce((total, member) => total + (tokens[member]?.[side] ?? NaN), 0);
    return { text, baseline: sum('baseline'), steered: sum('steered') };
  });
}

function tokenNode({ text, baseline, steered }: JudgedToken, index: number): HTMLElement {
  const token = tokenElement({ text, index, isEntry: index === 0, breaks: true });
  token.dataset['control'] = `judged-${String(index)}`;
  paintLossChange(token, steered - baseline);
  return token;
}

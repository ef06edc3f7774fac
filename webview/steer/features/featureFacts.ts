// What a feature offered for editing is: its number, the tokens it stands for, and how active it is here.
import { t } from '../../../src/shared/l10n.ts';
import { numberText, percentText } from '../../../src/shared/numberText.ts';
import type { SteerFeature } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { paintStrength, swatch } from '../../common/featureColour.ts';
import { tokenName } from '../../common/tokenText.ts';

const namesShown = 3;

export function identity({ brief }: SteerFeature, onOpen: () => void): HTMLElement {
  const names = [...new Set(brief.peakTokens.map(tokenName))].slice(0, namesShown);
  return element(
    'div',
    { class: 'identity' },
    swatch(brief.feature),
    element(
      'button',
      {
        class: 'link feature-id',
        attributes: { type: 'button', title: t('Show its examples in the side panel') },
        onClick: onOpen,
      },
      String(brief.feature),
    ),
    element(
      'ul',
      { class: 'token-names', attributes: { 'aria-label': t('Tokens on which it peaks') } },
      ...names.map((name) => element('li', { class: 'token-name' }, name)),
    ),
  );
}

/** How strong the feature is in the prompt, against its largest activation in the corpus, and how often it fires. */
export function activity({ brief, promptMax, inStore }: SteerFeature): HTMLElement {
  const { density, maxActivation } = brief;
  const bar = element('span', { class: 'activity-bar', attributes: { 'aria-hidden': 'true' } });
  const filled = element('span', { class: 'activity-fill' });
  paintStrength(filled, maxActivation > 0 ? promptMax / maxActivation : 0);
  bar.append(filled);
  const max = element('span', { class: 'quiet' }, t('of {0}', numberText(maxActivation)));
  const hasFired = maxActivation > 0 || promptMax > 0;
  const title = inStore
    ? t(
        'Largest activation in the prompt {0}, in the corpus {1}; active on {2} of the tokens of the corpus',
        numberText(promptMax),
        numberText(maxActivation),
        percentText(density),
      )
    : t('Largest activation in the prompt {0}', numberText(promptMax));
  return element(
    'div',
    { class: 'activity', attributes: { title } },
    bar,
    hasFired ? element('span', {}, `${numberText(promptMax)} `, max) : t('never active'),
    element('span', { class: 'density quiet' }, inStore ? percentText(density) : '–'),
  );
}

// What is known of one feature: its name, numbers, histogram and top-activating examples.
import type { FeatureSummary } from '../../src/shared/engineProtocol.ts';
import { t } from '../../src/shared/l10n.ts';
import { countText, numberText, percentText } from '../../src/shared/numberText.ts';
import type { FeatureViewState } from '../../src/shared/webviewProtocol.ts';
import { element } from '../common/element.ts';
import { paintFeature } from '../common/featureColour.ts';
import { histogram } from '../common/histogram.ts';
import { tokenName } from '../common/tokenText.ts';
import { button } from '../common/ui.ts';
import { exampleItem } from './example.ts';
import { shortContext } from './excerpt.ts';
import { panelWords } from './words.ts';

const namesShown = 6;

export interface SummaryOptions {
  readonly state: FeatureViewState;
  readonly isFullContext: boolean;
  readonly onFullContext: (isFull: boolean) => void;
  readonly onSteer: () => void;
}

export function summaryView(options: SummaryOptions): HTMLElement {
  const { sae, summary, saeLabel, saeName, site } = options.state;
  const words = panelWords(sae);
  const hasFired = summary.maxActivation > 0;
  const steer = button({
    label: words.steer,
    icon: 'steer',
    appearance: 'primary',
    onPress: options.onSteer,
  });
  steer.element.classList.add('steer');
  const view = element('article', { class: 'summary' });
  if (saeLabel !== undefined) view.append(whose(saeLabel, words.owner));
  if (summary.peakTokens.length > 0) view.append(names(summary));
  view.append(steer.element);
  paintFeature(view, summary.feature);
  if (hasFired) view.append(numbers(summary), activations(summary), examples(options));
  else view.append(neverFired(words.neverActive(countText(summary.corpusTokens))));
  const source = [...new Set([saeName, site])].join(' · ');
  view.append(element('footer', { class: 'source quiet' }, source));
  return view;
}

/** Several SAEs have a feature of this number. */
function whose(saeLabel: string, title: string): HTMLElement {
  return element('p', { class: 'whose quiet', attributes: { title } }, t('at {0}', saeLabel));
}

function names({ peakTokens }: FeatureSummary): HTMLElement {
  const shown = [...new Set(peakTokens.map(tokenName))].slice(0, namesShown);
  const title = t('Tokens on which it peaks');
  return element(
    'ul',
    { class: 'token-names', attributes: { 'aria-label': title, title } },
    ...shown.map((name) => element('li', { class: 'token-name' }, name)),
  );
}

function numbers(summary: FeatureSummary): HTMLElement {
  const { density, maxActivation, meanActivation, corpusTokens } = summary;
  return element(
    'dl',
    { class: 'numbers' },
    ...fact(
      t('Density'),
      percentText(density),
      t(
        'Active on {0} of the {1} tokens of the corpus',
        percentText(density),
        countText(corpusTokens),
      ),
    ),
    ...fact(t('Max'), numberText(maxActivation), t('Largest activation in the corpus')),
    ...fact(
      t('Mean'),
      numberText(meanActivation),
      t('Mean activation of the tokens it is active on'),
    ),
  );
}

function fact(name: string, value: string, explanation: string): HTMLElement[] {
  return [
    element(
      'div',
      { class: 'fact', attributes: { title: explanation } },
      element('dt', {}, name),
      element('dd', {}, value),
    ),
  ];
}

function activations(summary: FeatureSummary): HTMLElement {
  return element(
    'section',
    {},
    element(
      'div',
      { class: 'section-top' },
      element('h2', {}, t('Activations')),
      element('span', { class: 'quiet' }, t('in {0} tokens', countText(summary.corpusTokens))),
    ),
    histogram(summary.histogram, summary.maxActivation),
  );
}

function neverFired(text: string): HTMLElement {
  return element('p', { class: 'quiet' }, text);
}

function examples(options: SummaryOptions): HTMLElement {
  const { summary } = options.state;
  const list = element('ol', { class: 'examples' });
  const isLong = summary.examples.some(
    ({ tokens, peak }) => peak > shortContext || tokens.length > peak + shortContext + 1,
  );
  let isFull = options.isFullContext;
  const fill = (): void => {
    list.replaceChildren(
      ...summary.examples.map((example, index) =>
        exampleItem({
          example,
          maxActivation: summary.maxActivation,
          isFull,
          rank: index + 1,
        }),
      ),
    );
    toggle.textContent = isFull ? t('Less context') : t('More context');
  };
  const toggle = element('button', {
    class: 'link',
    attributes: { type: 'button' },
    onClick: () => {
      isFull = !isFull;
      options.onFullContext(isFull);
      fill();
    },
  });
  toggle.hidden = !isLong;
  fill();
  return element(
    'section',
    {},
    element(
      'div',
      { class: 'section-top' },
      element('h2', {}, t('Top activations ({0})', summary.examples.length)),
      toggle,
    ),
    list,
  );
}

// Head of the feature view: which feature it is, and the ways to another one.
import type { FeatureRef } from '../../src/shared/engineProtocol.ts';
import { featureName } from '../../src/shared/featureName.ts';
import { t } from '../../src/shared/l10n.ts';
import { type FeatureIndex, featureIndex } from '../../src/shared/units.ts';
import { element } from '../common/element.ts';
import { swatch } from '../common/featureColour.ts';
import { button } from '../common/ui.ts';
import { panelWords } from './words.ts';

export interface Navigation {
  readonly element: HTMLElement;
  /** @param ref the one shown, being loaded, or looked for in vain */
  show(ref: FeatureRef | undefined): void;
}

export function navigation(open: (feature: FeatureIndex) => void): Navigation {
  let current: FeatureIndex | undefined;
  const title = element('h1', { class: 'title' });
  const field = element('input', {
    class: 'number-field jump',
    attributes: {
      type: 'number',
      min: 0,
      step: 1,
      placeholder: t('Number'),
    },
  });
  const move = (by: number): void => {
    if (current !== undefined && current + by >= 0) open(featureIndex(current + by));
  };
  const previous = button({
    label: panelWords(undefined).previous,
    icon: 'previous',
    iconOnly: true,
    onPress: () => {
      move(-1);
    },
  });
  const next = button({
    label: panelWords(undefined).next,
    icon: 'next',
    iconOnly: true,
    onPress: () => {
      move(1);
    },
  });
  const form = element('form', { class: 'jump-form' }, previous.element, field, next.element);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (Number.isInteger(field.valueAsNumber) && field.valueAsNumber >= 0) {
      open(featureIndex(field.valueAsNumber));
      field.value = '';
    }
  });
  const others = element('nav', {}, form);
  const show = (ref: FeatureRef | undefined): void => {
    current = ref?.feature;
    const words = panelWords(ref?.sae);
    previous.setLabel(words.previous, 'previous');
    previous.setEnabled(ref !== undefined && ref.feature > 0);
    next.setLabel(words.next, 'next');
    next.setEnabled(ref !== undefined);
    field.setAttribute('aria-label', words.goTo);
    field.title = words.howToGo;
    others.setAttribute('aria-label', words.others);
    if (ref === undefined) title.replaceChildren(t('Features'));
    else title.replaceChildren(swatch(ref.feature), featureName(ref));
  };
  show(undefined);
  return {
    element: element('header', { class: 'navigation' }, title, others),
    show,
  };
}

// Head of the feature view: which feature it is, and the ways to another one.
import { t } from '../../src/shared/l10n.ts';
import { type FeatureIndex, featureIndex } from '../../src/shared/units.ts';
import { element } from '../common/element.ts';
import { swatch } from '../common/featureColour.ts';
import { button } from '../common/ui.ts';

export interface Navigation {
  readonly element: HTMLElement;
  /** @param feature the one shown, being loaded, or looked for in vain */
  show(feature: FeatureIndex | undefined): void;
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
      'aria-label': t('Go to the feature with this number'),
      title: t('Type the number of a feature and press Enter'),
    },
  });
  const move = (by: number): void => {
    if (current !== undefined && current + by >= 0) open(featureIndex(current + by));
  };
  const previous = button({
    label: t('Previous feature'),
    icon: 'previous',
    iconOnly: true,
    onPress: () => {
      move(-1);
    },
  });
  const next = button({
    label: t('Next feature'),
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
  const show = (feature: FeatureIndex | undefined): void => {
    current = feature;
    previous.setEnabled(feature !== undefined && feature > 0);
    next.setEnabled(feature !== undefined);
    if (feature === undefined) title.replaceChildren(t('Features'));
    else title.replaceChildren(swatch(feature), t('Feature {0}', feature));
  };
  show(undefined);
  return {
    element: element(
      'header',
      { class: 'navigation' },
      title,
      element('nav', { attributes: { 'aria-label': t('Other features') } }, form),
    ),
    show,
  };
}

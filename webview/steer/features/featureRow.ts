// One feature offered for editing: what it is, how active it is here, and the edit.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerFeature } from '../../../src/shared/webviewProtocol.ts';
import { paintFeature } from '../../common/featureColour.ts';
import { measureOf } from '../draft/edit/measure.ts';
import { type EditRowOptions, editRow } from '../edits/editRow.ts';
import { activity, identity } from './featureFacts.ts';

export interface FeatureRowOptions extends Omit<EditRowOptions, 'name' | 'head' | 'measure'> {
  readonly feature: SteerFeature;
  /** What its SAE is called, where there are several. */
  readonly saeLabel: string | undefined;
  readonly onOpen: () => void;
}

export function featureRow(options: FeatureRowOptions): HTMLElement {
  const { feature } = options;
  const row = editRow({
    ...options,
    name: t('feature {0}', nameOf(options)),
    head: [identity(feature, options.onOpen), activity(feature)],
    measure: measureOf(feature),
  });
  row.classList.add('feature-row');
  row.dataset['feature'] = String(feature.brief.feature);
  row.dataset['sae'] = feature.sae;
  paintFeature(row, feature.brief.feature);
  return row;
}

/** `12`, and whose it is where several SAEs have one of this number. */
function nameOf({ feature: { brief }, saeLabel }: FeatureRowOptions): string {
  const number = String(brief.feature);
  return saeLabel === undefined ? number : `${number} · ${saeLabel}`;
}

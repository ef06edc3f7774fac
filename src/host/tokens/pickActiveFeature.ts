// Asks for one of the features that are active on a token.
import * as vscode from 'vscode';
import { activationText, featureLabel, percent } from '../display/features/featureText.ts';
import { listWords } from '../display/features/listWords.ts';
import { activeFeatures } from '../display/tokens/activeFeatures.ts';
import { withoutIcons } from '../display/withoutIcons.ts';
import type { Token } from '../documents/tokenTable.ts';
import type { Services } from '../services.ts';
import { learnAbout } from './learnAbout.ts';
import { tokenFactsOf } from './tokenFacts.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';

/** @returns `undefined` where none is active, which is said, or none is chosen */
export async function pickActiveFeature(
  services: Services,
  token: Token,
  words: { readonly title: string; readonly placeHolder: string },
): Promise<FeatureRef | undefined> {
  await learnAbout(services, [token]);
  const facts = tokenFactsOf(services);
  const items = activeFeatures(token, facts).flatMap(({ shown }) =>
    shown.map(({ sae, feature, activation, share }) => ({
      label: `#${feature}`,
      description: withoutIcons(featureLabel(facts.brief(sae, feature))),
      detail: [
        activationText(activation),
        t('{0} of the token', percent(share)),
        ...(facts.labels.size > 1 ? [withoutIcons(facts.labels.get(sae) ?? sae)] : []),
      ].join(' · '),
      ref: { sae, feature },
    })),
  );
  if (items.length === 0) {
    const { noneOnToken } = listWords(token.readings.map(({ sae }) => sae));
    void vscode.window.showInformationMessage(noneOnToken);
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, { ...words, matchOnDescription: true });
  return chosen?.ref;
}

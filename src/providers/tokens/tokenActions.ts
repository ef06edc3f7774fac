// Looks closely at one token: what it is and what the model expected there, and what the model expects without one of
// its features. Both are shown in the list of tokens.
import * as vscode from 'vscode';
import { activeFeatures } from '../../host/display/tokens/activeFeatures.ts';
import { effectKey } from '../../host/display/tokens/effectNodes.ts';
import { activationText, featureLabel, percent } from '../../host/display/features/featureText.ts';
import { withoutIcons } from '../../host/display/withoutIcons.ts';
import { featureArgument } from '../../host/featureArgument.ts';
import { withCancel } from '../../host/progress.ts';
import type { Services } from '../../host/services.ts';
import { learnAbout } from '../../host/tokens/learnAbout.ts';
import { locateToken } from '../../host/tokens/locateToken.ts';
import { tokenArgument } from '../../host/tokens/tokenArgument.ts';
import { tokenFactsOf } from '../../host/tokens/tokenFacts.ts';
import type { TokenEffect } from '../../host/tokens/tokenInspector.ts';
import type { TokenList } from '../../host/tokens/tokenList.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import { fieldsOf } from '../../host/views/viewMessages.ts';
import { commands, tokensView } from '../../shared/contributions.ts';
import type { FeatureRef, TokenDetails } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';

export class TokenActions implements vscode.Disposable {
  readonly #services: Services;
  readonly #list: TokenList;
  #asking = new AbortController();

  constructor(services: Services, list: TokenList) {
    this.#services = services;
    this.#list = list;
  }

  /**
   * Shows a token in the list with everything that is known of it; another token asked for meanwhile comes instead.
   * @param offset UTF-16 offset or an entry of a list; the cursor when it is neither
   * @param uri of the document; the active editor's when absent
   */
  async showToken(offset: unknown, uri: unknown): Promise<TokenDetails> {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    return vscode.window.withProgress({ location: { viewId: tokensView } }, async () => {
      const { document, text, token } = await locateToken(
        this.#services,
        tokenArgument(offset, uri),
      );
      const [details] = await Promise.all([
        this.#services.inspector.details(text, token, signal),
        this.#list.reveal(document, token),
      ]);
      if (!signal.aborted) await this.#list.reveal(document, token, ['here', 'lens']);
      return details;
    });
  }

  /**
   * Takes a feature out of a token and shows what that does to what the model expects behind it.
   * @param args a feature and its SAE, or an entry of a list; then offset and URI as above. Without a feature, asks
   */
  async ablateFeatureHere(...args: readonly unknown[]): Promise<TokenEffect | undefined> {
    const [feature, sae, offset, uri] = args;
    const listed = fieldsOf(feature)?.['offset'] === undefined ? undefined : feature;
    const place = await locateToken(this.#services, tokenArgument(listed ?? offset, uri));
    const named = await featureArgument(this.#services.shownSae, feature, sae);
    const ref = named ?? (await this.#pickFeature(place.token));
    if (ref === undefined) return undefined;
    const effect = await withCancel(
      t('Looking at the token without feature {0}', ref.feature),
      (signal) => this.#services.inspector.ablate(place.text, place.token, ref, signal),
    );
    await this.#list.reveal(place.document, place.token, [effectKey(ref)]);
    return effect;
  }

  dispose(): void {
    this.#asking.abort();
  }

  /** One of those that are active on the token. */
  async #pickFeature(token: Token): Promise<FeatureRef | undefined> {
    await learnAbout(this.#services, [token]);
    const facts = tokenFactsOf(this.#services);
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
      void vscode.window.showInformationMessage(t('No feature is active on this token.'));
      return undefined;
    }
    const chosen = await vscode.window.showQuickPick(items, {
      title: commands.ablateFeatureHere.title,
      placeHolder: t('The feature to take out of this token'),
      matchOnDescription: true,
    });
    return chosen?.ref;
  }
}

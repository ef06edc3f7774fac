// Looks closely at one token: what it is and what the model expected there, and what the model expects without one of
// its features. Both are shown in the list of tokens.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { effectKey } from '../../host/display/tokens/effectNodes.ts';
import { featureArgument } from '../../host/commands/featureArgument.ts';
import { withCancel } from '../../host/progress.ts';
import type { Services } from '../../host/services.ts';
import { locateToken } from '../../host/tokens/locateToken.ts';
import { pickActiveFeature } from '../../host/tokens/pickActiveFeature.ts';
import { tokenArgument } from '../../host/tokens/tokenArgument.ts';
import type { TokenEffect } from '../../host/tokens/tokenInspector.ts';
import type { TokenList } from '../../host/tokens/tokenList.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import { fieldsOf } from '../../host/views/viewMessages.ts';
import { tokensView } from '../../shared/contributions.ts';
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
    const ref = named ?? (await this.#askFor(place.token));
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

  #askFor(token: Token): Promise<FeatureRef | undefined> {
    return pickActiveFeature(this.#services, token, {
      title: pickerTitle('ablateFeatureHere'),
      placeHolder: t('The feature to take out of this token'),
    });
  }
}

// “Set Hub Token…”: takes an access token into VS Code's secret storage, or out of it. It is typed unseen and shown
// nowhere.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { tokenProblem } from '../../host/hub/hub.ts';
import type { Services } from '../../host/services.ts';
import { t } from '../../shared/l10n.ts';

/**
 * @param argument the token, empty to remove it; anything but a text asks
 * @returns whether a token is set now; `undefined` when nothing was changed
 */
export async function setHubToken(
  { hub, log }: Services,
  argument?: unknown,
): Promise<boolean | undefined> {
  const token = typeof argument === 'string' ? argument : await askForToken(hub);
  if (token === undefined) return undefined;
  await hub.setToken(token);
  const isSet = token.trim() !== '';
  log.info(`The token for ${hub.host} was ${isSet ? 'set' : 'removed'}.`);
  return isSet;
}

async function askForToken(hub: Services['hub']): Promise<string | undefined> {
  const { host } = hub;
  const hasToken = await hub.hasToken();
  return vscode.window.showInputBox({
    title: pickerTitle('setHubToken'),
    prompt: hasToken
      ? t(
          'An access token of {0} that may read what you want to download; empty removes the present one. It goes to {0} alone and is kept in the secret storage of VS Code.',
          host,
        )
      : t(
          'An access token of {0} that may read what you want to download; empty leaves none. It goes to {0} alone and is kept in the secret storage of VS Code.',
          host,
        ),
    placeHolder: 'hf_…',
    password: true,
    ignoreFocusOut: true,
    validateInput: tokenProblem,
  });
}

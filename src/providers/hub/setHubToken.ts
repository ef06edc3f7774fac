// “Set Hub Token…”: takes an access token into VS Code's secret storage, or out of it. It is typed unseen and shown
// nowhere.
import * as vscode from 'vscode';
import { tokenProblem } from '../../host/hub/hub.ts';
import type { Services } from '../../host/services.ts';
import { commands } from '../../shared/contributions.ts';

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
  const empty = (await hub.hasToken()) ? 'empty removes the present one' : 'empty leaves none';
  return vscode.window.showInputBox({
    title: commands.setHubToken.title,
    prompt: `An access token of ${host} that may read what you want to download; ${empty}. It goes to ${host} alone and is kept in the secret storage of VS Code.`,
    placeHolder: 'hf_…',
    password: true,
    ignoreFocusOut: true,
    validateInput: tokenProblem,
  });
}

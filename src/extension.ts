// Entry of the extension: builds the services, hands them to the surfaces, and tells what went wrong if that fails,
// because VS Code itself does not. Cheap by rule: nothing is read, loaded or started here; the engine starts with the
// first file that is visible, or with the first command that needs it.
import * as vscode from 'vscode';
import { createApi } from './host/api/createApi.ts';
import type { ExportedApi } from './host/api/createApi.ts';
import { createServices } from './host/services.ts';
import { DisposableStore } from './shared/disposable.ts';
import { messageOf } from './shared/errors.ts';
import { t, useTranslation } from './shared/l10n.ts';
import { createSurfaces } from './surfaces.ts';

export function activate(context: vscode.ExtensionContext): ExportedApi {
  speakUsersLanguage();
  const lifetime = new DisposableStore();
  context.subscriptions.push(lifetime);
  try {
    return start(context, lifetime);
  } catch (error) {
    lifetime.dispose();
    void vscode.window.showErrorMessage(
      t('Monosem could not start ({0}); reload the window to try again.', messageOf(error)),
    );
    throw error;
  }
}

function start(context: vscode.ExtensionContext, lifetime: DisposableStore): ExportedApi {
  const started = performance.now();
  const services = createServices(context, lifetime);
  const { paintedIn } = createSurfaces(services, lifetime);
  return createApi(services, { activationMs: performance.now() - started, paintedIn });
}

/** VS Code has loaded the bundle of its language; there is none for English, nor where nobody translated. */
function speakUsersLanguage(): void {
  const { bundle } = vscode.l10n;
  if (bundle !== undefined) useTranslation((english) => bundle[english], vscode.env.language);
}

// Entry of the extension: builds the services, hands them to the surfaces, and tells what went wrong if that fails,
// because VS Code itself does not. Cheap by rule: nothing is read, loaded or started here; the engine starts with the
// first file that is visible, or with the first command that needs it.
import * as vscode from 'vscode';
import { createApi } from './host/api.ts';
import type { MonosemApi } from './host/api.ts';
import { registerCommands } from './host/commands.ts';
import { reportFailures } from './host/failures/failureReporter.ts';
import { reportSaes } from './host/failures/saeReporter.ts';
import { generalCommands } from './host/generalCommands.ts';
import { createServices } from './host/services.ts';
import { pickFeature } from './providers/featureQuickPick.ts';
import { DiagnosticsDocument } from './providers/diagnosticsDocument.ts';
import { FeatureView } from './providers/featureView.ts';
import { openModelFolder } from './providers/folderPicker.ts';
import { addModel } from './providers/hub/addModel.ts';
import { addSae } from './providers/hub/addSae.ts';
import { removeDownload } from './providers/hub/removeDownload.ts';
import { setHubToken } from './providers/hub/setHubToken.ts';
import { chooseSaes, showFeaturesOf } from './providers/saePicker.ts';
import { createStatusBar, showActions } from './providers/statusBar.ts';
import { SteerPanel } from './providers/steerPanel.ts';
import { TokenDecorations } from './providers/tokenDecorations.ts';
import { registerTokenHover } from './providers/tokenHover.ts';
import { DisposableStore } from './shared/disposable.ts';
import { messageOf } from './shared/errors.ts';

export function activate(context: vscode.ExtensionContext): MonosemApi {
  const lifetime = new DisposableStore();
  context.subscriptions.push(lifetime);
  try {
    return start(context, lifetime);
  } catch (error) {
    lifetime.dispose();
    void vscode.window.showErrorMessage(`Monosem could not start: ${messageOf(error)}`);
    throw error;
  }
}

function start(context: vscode.ExtensionContext, lifetime: DisposableStore): MonosemApi {
  const started = performance.now();
  const services = createServices(context, lifetime);
  const decorations = lifetime.add(new TokenDecorations(services));
  const featureView = lifetime.add(new FeatureView(services));
  const steerPanel = lifetime.add(new SteerPanel(services));
  const diagnostics = lifetime.add(new DiagnosticsDocument(services));
  lifetime.add(registerTokenHover(services));
  lifetime.add(createStatusBar(services));
  lifetime.add(reportFailures(services));
  lifetime.add(reportSaes(services));
  const commands = {
    ...generalCommands(services),
    steerSelection: (feature: unknown, sae: unknown, place: unknown) =>
      steerPanel.steerSelection(feature, sae, place),
    openFeature: (feature: unknown, sae: unknown) =>
      featureView.open(feature, sae, () => pickFeature(services)),
    showActions: () => showActions(services),
    openModelFolder: (folder: unknown, variant: unknown) =>
      openModelFolder(services, folder, variant),
    chooseSaes: (folders: unknown) => chooseSaes(services, folders),
    showFeaturesOf: (sae: unknown) => showFeaturesOf(services, sae),
    addModel: (wanted: unknown) => addModel(services, wanted),
    addSae: (wanted: unknown) => addSae(services, wanted),
    removeDownload: (id: unknown) => removeDownload(services, id),
    setHubToken: (token: unknown) => setHubToken(services, token),
    showDiagnostics: () => diagnostics.show(),
  };
  lifetime.add(registerCommands(commands, services.log));
  return createApi(services, performance.now() - started, (uri) => decorations.paintedIn(uri));
}

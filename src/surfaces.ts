// Everything of Monosem that a person sees in VS Code, and the table of its commands. Building a surface registers it;
// nothing is read, loaded or started.
import type * as vscode from 'vscode';
import type { PaintedRange } from './host/api.ts';
import { registerCommands } from './host/commands.ts';
import { reportFailures } from './host/failures/failureReporter.ts';
import { reportSaes } from './host/failures/saeReporter.ts';
import { generalCommands } from './host/generalCommands.ts';
import type { Services } from './host/services.ts';
import {
  closeComparison,
  compareFeatures,
  compareWithHead,
} from './providers/comparison/compareFeatures.ts';
import { nextOccurrence, previousOccurrence } from './providers/decorations/occurrences.ts';
import { TokenDecorations } from './providers/decorations/tokenDecorations.ts';
import { registerViewContext } from './providers/decorations/viewContext.ts';
import { changeView } from './providers/decorations/viewPicker.ts';
import { DiagnosticsDocument } from './providers/diagnosticsDocument.ts';
import { pickFeature } from './providers/featureQuickPick.ts';
import { FeatureView } from './providers/featureView.ts';
import { openModelFolder } from './providers/folderPicker.ts';
import { addModel } from './providers/hub/addModel.ts';
import { addSae } from './providers/hub/addSae.ts';
import { removeDownload } from './providers/hub/removeDownload.ts';
import { setHubToken } from './providers/hub/setHubToken.ts';
import { chooseSaes, showFeaturesOf } from './providers/saePicker.ts';
import { createStatusBar, showActions } from './providers/statusBar.ts';
import { SteerPanel } from './providers/steerPanel.ts';
import {
  ablateFeatureHere,
  findSimilarTokens,
  showToken,
} from './providers/tokens/tokenActions.ts';
import { registerTokenHover } from './providers/tokens/tokenHover.ts';
import {
  copyFeatureLink,
  hideFeature,
  pinFeature,
  unpinFeature,
} from './providers/trees/featureActions.ts';
import { filterFeatures, rankFeatures } from './providers/trees/fileFeatures.ts';
import { leaveOutSae, useSae } from './providers/trees/modelActions.ts';
import type { DisposableStore } from './shared/disposable.ts';

export interface Surfaces {
  /** What is painted in the visible editor of a document, in text order. */
  readonly paintedIn: (uri: vscode.Uri) => readonly PaintedRange[];
}

/** @param lifetime everything is disposed with it */
export function createSurfaces(services: Services, lifetime: DisposableStore): Surfaces {
  const decorations = lifetime.add(new TokenDecorations(services));
  const featureView = lifetime.add(new FeatureView(services));
  const steerPanel = lifetime.add(new SteerPanel(services));
  const diagnostics = lifetime.add(new DiagnosticsDocument(services));
  lifetime.add(registerViewContext(services));
  lifetime.add(registerTokenHover(services));
  lifetime.add(createStatusBar(services));
  lifetime.add(reportFailures(services));
  lifetime.add(reportSaes(services));
  const commands = {
    ...generalCommands(services),
    ...{
      changeView: (view: unknown) => changeView(services, () => pickFeature(services), view),
      nextOccurrence: () => nextOccurrence(services),
      previousOccurrence: () => previousOccurrence(services),
      showFeaturesOf: (sae: unknown) => showFeaturesOf(services, sae),
    },
    ...{
      openFeature: (feature: unknown, sae: unknown) =>
        featureView.open(feature, sae, () => pickFeature(services)),
      pinFeature: (feature: unknown, sae: unknown) => pinFeature(services, feature, sae),
      unpinFeature: (feature: unknown, sae: unknown) => unpinFeature(services, feature, sae),
      hideFeature: (feature: unknown, sae: unknown) => hideFeature(services, feature, sae),
      copyFeatureLink: (feature: unknown, sae: unknown) => copyFeatureLink(services, feature, sae),
      rankFeatures: (ranking: unknown) => rankFeatures(services, ranking),
      filterFeatures: (words: unknown) => filterFeatures(services, words),
    },
    ...{
      showToken: (offset: unknown, uri: unknown) => showToken(services, offset, uri),
      findSimilarTokens: (offset: unknown, uri: unknown) =>
        findSimilarTokens(services, offset, uri),
      ablateFeatureHere: (feature: unknown, sae: unknown, offset: unknown) =>
        ablateFeatureHere(services, feature, sae, offset),
      steerSelection: (feature: unknown, sae: unknown, place: unknown) =>
        steerPanel.steerSelection(feature, sae, place),
    },
    ...{
      compareFeatures: (left: unknown, right: unknown) => compareFeatures(services, left, right),
      compareWithHead: (uri: unknown) => compareWithHead(services, uri),
      closeComparison: () => closeComparison(services),
    },
    ...{
      openModelFolder: (folder: unknown, variant: unknown) =>
        openModelFolder(services, folder, variant),
      chooseSaes: (folders: unknown) => chooseSaes(services, folders),
      useSae: (sae: unknown) => useSae(services, sae),
      leaveOutSae: (sae: unknown) => leaveOutSae(services, sae),
      addModel: (wanted: unknown) => addModel(services, wanted),
      addSae: (wanted: unknown) => addSae(services, wanted),
      removeDownload: (id: unknown) => removeDownload(services, id),
      setHubToken: (token: unknown) => setHubToken(services, token),
    },
    showActions: () => showActions(services),
    showDiagnostics: () => diagnostics.show(),
  };
  lifetime.add(registerCommands(commands, services.log));
  return { paintedIn: (uri) => decorations.paintedIn(uri) };
}

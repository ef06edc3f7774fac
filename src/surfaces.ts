// Everything of Monosem that a person sees in VS Code, and the table of its commands. Building a surface registers it;
// nothing is read, loaded or started.
import type * as vscode from 'vscode';
import type { PaintedRange } from './host/api/testing.ts';
import { registerCommands } from './host/commands.ts';
import { reportFailures } from './host/failures/failureReporter.ts';
import { reportSaes } from './host/failures/saeReporter.ts';
import { generalCommands } from './host/generalCommands.ts';
import type { Services } from './host/services.ts';
import { registerDimming } from './host/trees/dimmed.ts';
import { FeatureListChoice } from './host/trees/featureListChoice.ts';
import {
  closeComparison,
  compareFeatures,
  compareWithHead,
  showChange,
} from './providers/comparison/compareFeatures.ts';
import { ComparisonTree } from './providers/comparison/comparisonTree.ts';
import { registerKeptTexts } from './providers/comparison/keptTextDocuments.ts';
import { nextOccurrence, previousOccurrence } from './providers/decorations/occurrences.ts';
import { TokenDecorations } from './providers/decorations/tokenDecorations.ts';
import { changeView } from './providers/decorations/viewPicker.ts';
import { DiagnosticsDocument } from './providers/diagnosticsDocument.ts';
import { pickFeature } from './providers/featureQuickPick.ts';
import { FeatureView } from './providers/featureView.ts';
import { openModelFolder } from './providers/folderPicker.ts';
import { addModel } from './providers/hub/addModel.ts';
import { addSae } from './providers/hub/addSae.ts';
import { removeDownload } from './providers/hub/removeDownload.ts';
import { setHubToken } from './providers/hub/setHubToken.ts';
import { openSample } from './providers/sampleStory.ts';
import { chooseSaes, showFeaturesOf } from './providers/saePicker.ts';
import { createStatusBar, showActions } from './providers/statusBar.ts';
import { SteerPanel } from './providers/steerPanel.ts';
import { findSimilarTokens } from './providers/tokens/similarTokens.ts';
import { TokenActions } from './providers/tokens/tokenActions.ts';
import { registerTokenHover } from './providers/tokens/tokenHover.ts';
import { TokensTree } from './providers/tokens/tokensTree.ts';
import { CollectionTree } from './providers/trees/collectionTree.ts';
import {
  copyFeatureLink,
  hideFeature,
  pinFeature,
  showFeatureInText,
  unpinFeature,
} from './providers/trees/featureActions.ts';
import {
  computeLosses,
  filterFeatures,
  rankFeatures,
} from './providers/trees/featureListQuestions.ts';
import { FileFeatures } from './providers/trees/fileFeatures.ts';
import { goToToken } from './providers/trees/goToToken.ts';
import {
  leaveOutSae,
  openListedModel,
  removeListedDownload,
  revealFolder,
  useSae,
} from './providers/trees/modelActions.ts';
import { ModelsTree } from './providers/trees/modelsTree.ts';
import { registerLinks } from './providers/uriHandler.ts';
import { registerWhenContext } from './providers/whenContext.ts';
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
  const tokensTree = lifetime.add(new TokensTree(services));
  const tokenActions = lifetime.add(new TokenActions(services, tokensTree));
  lifetime.add(new ComparisonTree(services));
  lifetime.add(registerKeptTexts(services));
  lifetime.add(registerWhenContext(services));
  lifetime.add(registerTokenHover(services));
  lifetime.add(createStatusBar(services));
  lifetime.add(reportFailures(services));
  lifetime.add(reportSaes(services));
  const listChoice = lifetime.add(new FeatureListChoice(services.memory));
  lifetime.add(new FileFeatures(services, listChoice));
  lifetime.add(new CollectionTree(services));
  const models = lifetime.add(new ModelsTree(services));
  lifetime.add(registerDimming());
  lifetime.add(registerLinks(services));
  const commands = {
    ...generalCommands(services),
    ...{
      changeView: (view: unknown) =>
        changeView(services, () => pickFeature(services, 'changeView'), view),
      nextOccurrence: () => nextOccurrence(services),
      previousOccurrence: () => previousOccurrence(services),
      showFeaturesOf: (sae: unknown) => showFeaturesOf(services, sae),
    },
    ...{
      openFeature: (feature: unknown, sae: unknown) =>
        featureView.open(feature, sae, () => pickFeature(services, 'openFeature')),
      pinFeature: (feature: unknown, sae: unknown) =>
        pinFeature(services, { feature, sae }, () => pickFeature(services, 'pinFeature')),
      unpinFeature: (feature: unknown, sae: unknown) => unpinFeature(services, { feature, sae }),
      hideFeature: (feature: unknown, sae: unknown) => hideFeature(services, { feature, sae }),
      showFeatureInText: (feature: unknown, sae: unknown) =>
        showFeatureInText(services, { feature, sae }),
      copyFeatureLink: (feature: unknown, sae: unknown) =>
        copyFeatureLink(services, { feature, sae }),
      rankFeatures: (ranking: unknown) => rankFeatures(listChoice, ranking),
      filterFeatures: (words: unknown) => filterFeatures(listChoice, words),
      clearFeatureFilter: () => listChoice.filter(''),
      computeLosses: () => computeLosses(),
      goToToken: (start: unknown, end: unknown, uri: unknown) => goToToken(start, end, uri),
    },
    ...{
      showToken: (offset: unknown, uri: unknown) => tokenActions.showToken(offset, uri),
      findSimilarTokens: (offset: unknown, uri: unknown) =>
        findSimilarTokens(services, offset, uri),
      ablateFeatureHere: (...args: readonly unknown[]) => tokenActions.ablateFeatureHere(...args),
      steerSelection: (feature: unknown, sae: unknown, place: unknown) =>
        steerPanel.steerSelection(feature, sae, place),
    },
    ...{
      compareFeatures: (left: unknown, right: unknown) => compareFeatures(services, left, right),
      compareWithHead: (uri: unknown) => compareWithHead(services, uri),
      closeComparison: () => closeComparison(services),
      showChange: (place: unknown) => showChange(services, place),
    },
    ...{
      openModelFolder: (folder: unknown, variant: unknown) =>
        openModelFolder(services, folder, variant),
      chooseSaes: (folders: unknown) => chooseSaes(services, folders),
      useSae: (sae: unknown) => useSae(services, sae),
      leaveOutSae: (sae: unknown) => leaveOutSae(services, sae),
      openListedModel: (model: unknown) => openListedModel(services, model),
      removeListedDownload: (download: unknown) => removeListedDownload(download),
      revealFolder: (files: unknown) => revealFolder(files),
      refreshModels: () => models.refresh(),
      addModel: (wanted: unknown) =>
        addModel(services, wanted).finally(() => models.filesChanged()),
      addSae: (wanted: unknown) => addSae(services, wanted).finally(() => models.filesChanged()),
      removeDownload: (id: unknown) =>
        removeDownload(services, id).finally(() => models.filesChanged()),
      setHubToken: (token: unknown) => setHubToken(services, token),
    },
    showActions: () => showActions(services),
    openSample: () => openSample(services),
    showDiagnostics: () => diagnostics.show(),
  };
  lifetime.add(registerCommands(commands, services.log));
  return { paintedIn: (uri) => decorations.paintedIn(uri) };
}

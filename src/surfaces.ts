// Everything of Monosem that a person sees in VS Code, and the table of its commands. Building a surface registers it;
// nothing is read, loaded or started.
import type * as vscode from 'vscode';
import type { PaintedRange } from './host/api/testing.ts';
import { registerCommands } from './host/commands/commands.ts';
import { reportFailures } from './host/failures/failureReporter.ts';
import { reportSaes } from './host/failures/saeReporter.ts';
import { generalCommands } from './host/commands/generalCommands.ts';
import type { Services } from './host/services.ts';
import { registerDimming } from './host/trees/dimmed.ts';
import { FeatureListChoice } from './host/trees/featureListChoice.ts';
import { ComparisonTree } from './providers/comparison/comparisonTree.ts';
import { registerKeptTexts } from './providers/comparison/keptTextDocuments.ts';
import type * as OnDemand from './onDemand.ts';
import { TokenDecorations } from './providers/decorations/tokenDecorations.ts';
import { DiagnosticsDocument } from './providers/diagnosticsDocument.ts';
import { NextTokenTree } from './providers/explanation/nextTokenTree.ts';
import { FeatureView } from './providers/featureView.ts';
import { createStatusBar, showActions } from './providers/statusBar.ts';
import { SteerPanel } from './providers/steerPanel.ts';
import { TokenActions } from './providers/tokens/tokenActions.ts';
import { registerTokenHover } from './providers/tokens/tokenHover.ts';
import { TokensTree } from './providers/tokens/tokensTree.ts';
import { CollectionTree } from './providers/trees/collectionTree.ts';
import { FileFeatures } from './providers/trees/fileFeatures.ts';
import { ModelsTree } from './providers/trees/modelsTree.ts';
import { registerLinks } from './providers/uriHandler.ts';
import { registerWhenContext } from './providers/whenContext.ts';
import type { DisposableStore } from './shared/disposable.ts';

const onDemand = (): Promise<typeof OnDemand> => import('./onDemand.ts');

export interface Surfaces {
  /** What is painted in the visible editors of a document, one after the other, each in text order. */
  readonly paintedIn: (uri: vscode.Uri) => readonly PaintedRange[];
}

/** @param lifetime everything is disposed with it */
export function createSurfaces(services: Services, lifetime: DisposableStore): Surfaces {
  const decorations = lifetime.add(new TokenDecorations(services));
  const featureView = lifetime.add(new FeatureView(services));
  const steerPanel = lifetime.add(
    new SteerPanel(services, async () => (await onDemand()).searchFeatures(services)),
  );
  const diagnostics = lifetime.add(new DiagnosticsDocument(services));
  const tokensTree = lifetime.add(new TokensTree(services));
  const tokenActions = lifetime.add(new TokenActions(services, tokensTree));
  lifetime.add(new NextTokenTree(services));
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
      changeView: async (view: unknown) =>
        (await onDemand()).changeView(
          services,
          async () => (await onDemand()).pickFeature(services, 'changeView'),
          view,
        ),
      showAblationMap: async (feature: unknown, sae: unknown) =>
        (await onDemand()).showAblationMap(services, { feature, sae }, async () =>
          (await onDemand()).pickFeature(services, 'showAblationMap'),
        ),
      nextOccurrence: async () => (await onDemand()).nextOccurrence(services),
      previousOccurrence: async () => (await onDemand()).previousOccurrence(services),
      showFeaturesOf: async (sae: unknown) => (await onDemand()).showFeaturesOf(services, sae),
    },
    ...{
      openFeature: (feature: unknown, sae: unknown) =>
        featureView.open(feature, sae, async () =>
          (await onDemand()).pickFeature(services, 'openFeature'),
        ),
      pinFeature: async (feature: unknown, sae: unknown) =>
        (await onDemand()).pinFeature(services, { feature, sae }, async () =>
          (await onDemand()).pickFeature(services, 'pinFeature'),
        ),
      unpinFeature: async (feature: unknown, sae: unknown) =>
        (await onDemand()).unpinFeature(services, { feature, sae }),
      hideFeature: async (feature: unknown, sae: unknown) =>
        (await onDemand()).hideFeature(services, { feature, sae }),
      showFeatureInText: async (feature: unknown, sae: unknown) =>
        (await onDemand()).showFeatureInText(services, { feature, sae }),
      copyFeatureLink: async (feature: unknown, sae: unknown) =>
        (await onDemand()).copyFeatureLink(services, { feature, sae }),
      rankFeatures: async (ranking: unknown) =>
        (await onDemand()).rankFeatures(listChoice, ranking),
      filterFeatures: async (words: unknown) =>
        (await onDemand()).filterFeatures(listChoice, words),
      clearFeatureFilter: () => listChoice.filter(''),
      computeLosses: async () => (await onDemand()).computeLosses(),
      goToToken: async (start: unknown, end: unknown, uri: unknown) =>
        (await onDemand()).goToToken(start, end, uri),
    },
    ...{
      showToken: (offset: unknown, uri: unknown) => tokenActions.showToken(offset, uri),
      findSimilarTokens: async (offset: unknown, uri: unknown) =>
        (await onDemand()).findSimilarTokens(services, offset, uri),
      ablateFeatureHere: (...args: readonly unknown[]) => tokenActions.ablateFeatureHere(...args),
      boostFeatureHere: async (...args: readonly unknown[]) =>
        (await onDemand()).boostFeatureHere(services, steerPanel, ...args),
      explainNextToken: async (offset: unknown, uri: unknown) =>
        (await onDemand()).explainNextToken(services, offset, uri),
      chooseTargetToken: async (target: unknown) =>
        (await onDemand()).chooseTargetToken(services, target),
      orderEffects: async (order: unknown) => (await onDemand()).orderEffects(services, order),
      refreshExplanation: async () => (await onDemand()).refreshExplanation(services),
      steerSelection: (feature: unknown, sae: unknown, place: unknown) =>
        steerPanel.steerSelection(feature, sae, place),
      saveSteeringPreset: async (name: unknown) =>
        (await onDemand()).saveSteeringPreset(services, steerPanel, name),
      loadSteeringPreset: async (name: unknown) =>
        (await onDemand()).loadSteeringPreset(services, steerPanel, name),
      copySteeringCommand: async (shell: unknown) =>
        (await onDemand()).copySteeringCommand(services, steerPanel, shell),
      exportSteeringRun: async (file: unknown) =>
        (await onDemand()).exportSteeringRun(services, steerPanel, file),
      sweepStrength: () => steerPanel.sweepStrength(),
      steerBetween: () => steerPanel.steerBetween(),
    },
    ...{
      compareFeatures: async (left: unknown, right: unknown) =>
        (await onDemand()).compareFeatures(services, left, right),
      compareWithHead: async (uri: unknown) => (await onDemand()).compareWithHead(services, uri),
      closeComparison: async () => (await onDemand()).closeComparison(services),
      showChange: async (place: unknown) => (await onDemand()).showChange(services, place),
    },
    ...{
      openModelFolder: async (folder: unknown, variant: unknown) =>
        (await onDemand()).openModelFolder(services, folder, variant),
      chooseSaes: async (folders: unknown) => (await onDemand()).chooseSaes(services, folders),
      useSae: async (sae: unknown) => (await onDemand()).useSae(services, sae),
      leaveOutSae: async (sae: unknown) => (await onDemand()).leaveOutSae(services, sae),
      openListedModel: async (model: unknown) =>
        (await onDemand()).openListedModel(services, model),
      removeListedDownload: async (download: unknown) =>
        (await onDemand()).removeListedDownload(download),
      revealFolder: async (files: unknown) => (await onDemand()).revealFolder(files),
      refreshModels: () => models.refresh(),
      addModel: async (wanted: unknown) =>
        (await onDemand()).addModel(services, wanted).finally(() => models.filesChanged()),
      addSae: async (wanted: unknown) =>
        (await onDemand()).addSae(services, wanted).finally(() => models.filesChanged()),
      removeDownload: async (id: unknown) =>
        (await onDemand()).removeDownload(services, id).finally(() => models.filesChanged()),
      setHubToken: async (token: unknown) => (await onDemand()).setHubToken(services, token),
    },
    showActions: () => showActions(services),
    openSample: async () => (await onDemand()).openSample(services),
    showSampleHover: async () => (await onDemand()).showSampleHover(services),
    showDiagnostics: () => diagnostics.show(),
  };
  lifetime.add(registerCommands(commands, services.log));
  return { paintedIn: (uri) => decorations.paintedIn(uri) };
}

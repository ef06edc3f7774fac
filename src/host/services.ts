// The composition root: builds every service once, in dependency order, into one store. Nothing starts here; the
// engine starts with the first question it is asked.
import * as vscode from 'vscode';
import type { SettingName } from '../shared/contributions.ts';
import type { DisposableStore } from '../shared/disposable.ts';
import type { SaePlace, Source } from '../shared/engineProtocol.ts';
import { FeatureBriefs } from './display/features/featureBriefs.ts';
import { FeatureFilter } from './display/features/featureFilter.ts';
import { createAblationMaps } from './ablation/ablationInUse.ts';
import type { AblationMaps } from './ablation/ablationMaps.ts';
import { FeatureCollection } from './collection/featureCollection.ts';
import { createComparison } from './comparison/comparisonInUse.ts';
import type { FeatureComparison } from './comparison/featureComparison.ts';
import { KeptTexts } from './comparison/keptTexts.ts';
import { createExplanation } from './explanation/explanationInUse.ts';
import type { NextTokenExplanation } from './explanation/nextTokenExplanation.ts';
import { DocumentAnalyses } from './documents/documentAnalyses.ts';
import type { AnalysisState } from './documents/documentAnalysis.ts';
import { ReadDocument } from './documents/readDocument.ts';
import { EngineClient } from './engine/engineClient.ts';
import { Hub } from './hub/hub.ts';
import { portableMemory } from './memory.ts';
import type { Memory } from './memory.ts';
import { ModelInUse } from './source/modelInUse.ts';
import { SaeChecks } from './source/saeChecks.ts';
import { onDidChangeSettings, readSetting } from './settings.ts';
import { ShownSae } from './source/shownSae.ts';
import type { SourceSettings } from './source/source.ts';
import { TokenInspector } from './tokens/tokenInspector.ts';
import { TokenTexts } from './tokenTexts.ts';
import { featureOfView, neuronsOfView } from './view/view.ts';
import { ViewInUse } from './view/viewInUse.ts';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly engine: EngineClient;
  /** Where downloads come from. */
  readonly hub: Hub;
  /** What runs where, by the present settings. */
  readonly model: ModelInUse;
  /** What is remembered of this workspace over a reload of the window. */
  readonly memory: Memory;
  /** What is painted. */
  readonly view: ViewInUse;
  /** Pinned and recent features. */
  readonly collection: FeatureCollection;
  /** Whose features are painted. */
  readonly shownSae: ShownSae;
  /** Whether the active SAEs read the model as they were trained to. */
  readonly saeChecks: SaeChecks;
  readonly briefs: FeatureBriefs;
  /** Texts of tokens of the vocabulary. */
  readonly tokenTexts: TokenTexts;
  /** What is computed of single tokens only when somebody asks. */
  readonly inspector: TokenInspector;
  /** Where in the texts that are shown the model needs a feature. */
  readonly ablationMaps: AblationMaps;
  /** Why the model expects what it expects in one place. */
  readonly explanation: NextTokenExplanation;
  /** Which features are shown at all, by the present settings. */
  readonly filter: () => FeatureFilter;
  readonly analyses: DocumentAnalyses;
  /** What the lists at the side are about. */
  readonly reading: ReadDocument;
  /** What two texts have and have not in common. */
  readonly comparison: FeatureComparison;
  /** Texts that belong to no file. */
  readonly texts: KeptTexts;
  /** The model and SAEs looked through, by the present settings. */
  readonly source: () => Promise<Source>;
  /** What the settings say about model and SAEs. */
  readonly sourceSettings: () => SourceSettings;
}

/** Settings that say what computes the results: under others, earlier ones no longer hold. */
const ofSource: ReadonlySet<SettingName> = new Set<SettingName>([
  'model',
  'modelVariant',
  'saes',
  'executionProvider',
  'deviceId',
]);

/** @param lifetime everything is disposed with it */
export function createServices(
  context: vscode.ExtensionContext,
  lifetime: DisposableStore,
): Services {
  const log = lifetime.add(vscode.window.createOutputChannel('Monosem', { log: true }));
  const entry = vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.cjs').fsPath;
  const engine = lifetime.add(
    new EngineClient({
      // What a process needs is loaded with the first one.
      start: async () => {
        const { EngineProcess } = await import('./engine/engineProcess.ts');
        return new EngineProcess(entry, log);
      },
      cache: () => ({
        folder: vscode.Uri.joinPath(context.globalStorageUri, 'analyses').fsPath,
        megabytes: readSetting('cacheMB'),
      }),
      log,
    }),
  );
  const memory = portableMemory(context.workspaceState, context.extensionUri.fsPath);
  const view = lifetime.add(new ViewInUse(memory, readSetting('enabled')));
  const settings = (): SourceSettings => ({
    model: readSetting('model'),
    saes: readSetting('saes'),
    modelVariant: readSetting('modelVariant'),
    executionProvider: readSetting('executionProvider'),
    deviceId: readSetting('deviceId'),
    neurons: neuronsOfView(view.current),
    extensionFolder: context.extensionUri.fsPath,
    workspaceFolder: firstFolder(),
    listFolders,
  });
  const model = lifetime.add(new ModelInUse({ engine, settings, log }));
  const hub = createHub(context);
  const source = (): Promise<Source> => model.source();
  const neurons = (): SaePlace | undefined => neuronsOfView(view.current);
  const active = (): readonly SaePlace[] => model.saes;
  const shownSae = lifetime.add(new ShownSae({ active, source, neurons, memory }));
  const collection = lifetime.add(new FeatureCollection(memory));
  const saeChecks = lifetime.add(new SaeChecks({ engine, log }));
  const briefs = new FeatureBriefs(async (sae, features) =>
    engine.call('featureBriefs', { source: await source(), sae, features }),
  );
  const tokenTexts = new TokenTexts(async (ids) =>
    engine.call('tokenTexts', { source: await source(), ids }),
  );
  const inspector = lifetime.add(new TokenInspector({ engine, source }));
  const explanation = createExplanation({ engine, source }, lifetime);
  lifetime.add(
    onDidChangeSettings((names) => {
      if (names.includes('model')) tokenTexts.clear();
      if (names.some((name) => ofSource.has(name))) {
        inspector.clear();
        explanation.sourceChanged();
      }
      if (names.includes('model') || names.includes('saes')) briefs.clear();
      if (names.includes('enabled') && readSetting('enabled') !== view.isOn) void view.toggle();
      // The engine is told once, when it starts.
      if (names.includes('cacheMB')) void engine.stop();
    }),
  );
  const filter = (): FeatureFilter =>
    new FeatureFilter(
      {
        maxDensity: readSetting('maxDensity'),
        hidden: readSetting('hidden'),
        ignoreBos: readSetting('ignoreBos'),
        bosId: model.bosId,
      },
      briefs.get,
    );
  const analyses = lifetime.add(new DocumentAnalyses({ engine, source, view, collection }));
  lifetime.add(
    analyses.onDidChange((uri) => {
      const state = analyses.of(uri)?.state;
      learnWhenOpen(model, state);
      if (state?.kind === 'ready') void checkSaes(model, saeChecks);
    }),
  );
  lifetime.add(
    engine.onDidChangeState((state) => {
      if (state !== 'starting' && state !== 'running') model.forget();
      if (state === 'stopped') saeChecks.forgetFailures();
    }),
  );
  lifetime.add(model.onDidChange(() => void leaveView(view, model.saes)));
  const ablationMaps = createAblationMaps({ engine, source, analyses, view, log }, lifetime);
  lifetime.add(
    onDidChangeSettings((names) => {
      if (names.some((name) => ofSource.has(name))) ablationMaps.clear();
    }),
  );
  const comparison = createComparison({ engine, source, briefs, view, log }, lifetime);
  const services = {
    hub,
    model,
    memory,
    view,
    collection,
    shownSae,
    saeChecks,
    briefs,
    tokenTexts,
    inspector,
    explanation,
    ablationMaps,
    filter,
    analyses,
    reading: lifetime.add(new ReadDocument()),
    comparison,
    texts: new KeptTexts(),
    source,
  };
  return { context, log, engine, sourceSettings: settings, ...services };
}

/** The first results show that the model is open: what it is can be asked without waiting for it. */
function learnWhenOpen(model: ModelInUse, state: AnalysisState | undefined): void {
  if (state?.kind === 'analysing' || state?.kind === 'ready') void model.learn();
}

/** There is nothing to see of a feature whose SAE is not active any more. */
async function leaveView(view: ViewInUse, saes: readonly SaePlace[]): Promise<void> {
  const { current } = view;
  const sae = featureOfView(current)?.sae;
  if (sae !== undefined && saes.length > 0 && !saes.includes(sae))
    await view.choose({ kind: 'top' });
}

/** When the colours are there and nobody waits for anything else. */
async function checkSaes(model: ModelInUse, checks: SaeChecks): Promise<void> {
  const source = await model.source().catch(() => undefined);
  if (source !== undefined) await checks.check(source);
}

/** The first folder that is on a disk: models are not read from virtual ones. */
function firstFolder(): string | undefined {
  const { workspaceFolders = [] } = vscode.workspace;
  return workspaceFolders.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
}

function createHub({ secrets }: vscode.ExtensionContext): Hub {
  return new Hub({
    settings: () => ({
      endpoint: readSetting('hubEndpoint'),
      cacheFolder: readSetting('hubCacheFolder'),
      environment: process.env,
    }),
    secrets,
    readText,
  });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
  } catch {
    return undefined;
  }
}

async function listFolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(folder));
    return entries
      .filter(([, type]) => (type & vscode.FileType.Directory) !== 0)
      .map(([name]) => name);
  } catch {
    // No such folder, or no folder at all: there is nothing in it.
    return [];
  }
}

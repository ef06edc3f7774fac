// The composition root: builds every service once, in dependency order, into one store. Nothing starts here; the
// engine starts with the first question it is asked.
import * as vscode from 'vscode';
import type { DisposableStore } from '../shared/disposable.ts';
import type { Source } from '../shared/engineProtocol.ts';
import { FeatureBriefs } from './display/features/featureBriefs.ts';
import { DocumentAnalyses } from './documents/documentAnalyses.ts';
import type { AnalysisState } from './documents/documentAnalysis.ts';
import { EngineClient } from './engine/engineClient.ts';
import { EngineProcess } from './engine/engineProcess.ts';
import { Hub } from './hub/hub.ts';
import { ModelInUse } from './modelInUse.ts';
import { onDidChangeSettings, readSetting } from './settings.ts';
import type { SourceSettings } from './source.ts';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly engine: EngineClient;
  /** Where downloads come from. */
  readonly hub: Hub;
  /** What runs where, by the present settings. */
  readonly model: ModelInUse;
  readonly briefs: FeatureBriefs;
  readonly analyses: DocumentAnalyses;
  /** The model and SAE looked through, by the present settings. */
  readonly source: () => Promise<Source>;
}

/** @param lifetime everything is disposed with it */
export function createServices(
  context: vscode.ExtensionContext,
  lifetime: DisposableStore,
): Services {
  const log = lifetime.add(vscode.window.createOutputChannel('Monosem', { log: true }));
  const entry = vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.cjs').fsPath;
  const engine = lifetime.add(
    new EngineClient({
      start: () => new EngineProcess(entry, log),
      log,
    }),
  );
  const settings = (): SourceSettings => ({
    model: readSetting('model'),
    sae: readSetting('sae'),
    modelVariant: readSetting('modelVariant'),
    executionProvider: readSetting('executionProvider'),
    deviceId: readSetting('deviceId'),
    extensionFolder: context.extensionUri.fsPath,
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    listFolders,
  });
  const model = lifetime.add(new ModelInUse({ engine, settings, log }));
  const hub = createHub(context);
  const source = (): Promise<Source> => model.source();
  const briefs = new FeatureBriefs(async (features) =>
    engine.call('featureBriefs', { source: await source(), features }),
  );
  lifetime.add(
    onDidChangeSettings((names) => {
      if (names.includes('model') || names.includes('sae')) briefs.clear();
    }),
  );
  const analyses = lifetime.add(new DocumentAnalyses({ engine, source }));
  lifetime.add(analyses.onDidChange((uri) => learnWhenOpen(model, analyses.of(uri)?.state)));
  lifetime.add(
    engine.onDidChangeState((state) => {
      if (state !== 'starting' && state !== 'running') model.forget();
    }),
  );
  return { context, log, engine, hub, model, briefs, analyses, source };
}

/** The first results show that the model is open: what it is can be asked without waiting for it. */
function learnWhenOpen(model: ModelInUse, state: AnalysisState | undefined): void {
  if (state?.kind === 'analysing' || state?.kind === 'ready') void model.learn();
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

// Which documents are analysed and when: those somebody can see, while features are switched on. One DocumentAnalysis
// each; it lives as long as its document is open.
import * as vscode from 'vscode';
import type { SettingName } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { Source } from '../../shared/engineProtocol.ts';
import type { FeatureCollection } from '../collection/featureCollection.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { onDidChangeSettings, readSetting } from '../settings.ts';
import { isSameView, neuronsOfView } from '../view/view.ts';
import type { View } from '../view/view.ts';
import type { ViewInUse } from '../view/viewInUse.ts';
import { asksMore, questionOf } from './analysisQuestion.ts';
import type { AnalysisQuestion } from './analysisQuestion.ts';
import { DocumentAnalysis } from './documentAnalysis.ts';
import type { TextRange } from './documentAnalysis.ts';
import { holdsText } from './textSchemes.ts';
import { joinedRanges } from './visibleRanges.ts';

/** Settings that change no result. */
const withoutEffect: ReadonlySet<SettingName> = new Set<SettingName>([
  'enabled',
  'cacheMB',
  'threshold',
  'maxDensity',
  'ignoreBos',
  'hidden',
  'palette',
  'lineLabels',
]);

/** Settings that are written one after the other within this time count as one change, in milliseconds. */
const settingsPauseMs = 200;

export interface DocumentAnalysesOptions {
  readonly engine: EngineClient;
  readonly source: () => Promise<Source>;
  readonly view: ViewInUse;
  readonly collection: FeatureCollection;
}

export class DocumentAnalyses implements vscode.Disposable {
  readonly #options: DocumentAnalysesOptions;
  readonly #analyses = new Map<string, DocumentAnalysis>();
  readonly #listening = new Map<string, Disposable>();
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<vscode.Uri>());
  #view: View;
  /** What documents were asked last. */
  #asked: AnalysisQuestion;

  constructor(options: DocumentAnalysesOptions) {
    this.#options = options;
    this.#view = options.view.current;
    this.#asked = this.question;
    const { window, workspace } = vscode;
    this.#lifetime.add(window.onDidChangeVisibleTextEditors(() => this.#look()));
    this.#lifetime.add(
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) =>
        this.of(textEditor.document.uri)?.scrolled(),
      ),
    );
    this.#lifetime.add(workspace.onDidChangeTextDocument((event) => this.#edited(event)));
    this.#lifetime.add(workspace.onDidCloseTextDocument((document) => this.#closed(document)));
    this.#lifetime.add(
      onDidChangeSettings((names) => {
        if (names.some((name) => !withoutEffect.has(name))) this.restart(settingsPauseMs);
      }),
    );
    this.#lifetime.add(options.view.onDidChange((view) => this.#viewChanged(view)));
    this.#lifetime.add(options.collection.onDidChange(() => this.#pinsChanged()));
    this.#look();
  }

  /** State or tokens of a document changed. */
  readonly onDidChange = this.#changed.event;

  of(uri: vscode.Uri): DocumentAnalysis | undefined {
    return this.#analyses.get(uri.toString());
  }

  /** What is asked of every document now: a call that asks alike finds again what an analysis has found. */
  get question(): AnalysisQuestion {
    const { collection, view } = this.#options;
    const asked = {
      topK: readSetting('topK'),
      maxFileKB: readSetting('maxFileKB'),
      predictions: readSetting('predictions'),
    };
    return questionOf(view.current, asked, collection.pinned);
  }

  /** Analyses everything visible afresh: another model, another SAE, another engine. */
  restart(delayMs = 0): void {
    this.#asked = this.question;
    for (const analysis of this.#analyses.values()) {
      analysis.tokens.clear();
      analysis.stop();
    }
    this.#look(delayMs);
  }

  dispose(): void {
    for (const analysis of this.#analyses.values()) analysis.dispose();
    this.#analyses.clear();
    this.#listening.clear();
    this.#lifetime.dispose();
  }

  #look(delayMs = 0): void {
    const visible = new Map<string, vscode.TextDocument>();
    if (this.#options.view.isOn) {
      for (const { document } of vscode.window.visibleTextEditors) {
        if (holdsText(document.uri.scheme)) visible.set(document.uri.toString(), document);
      }
    }
    for (const [key, analysis] of this.#analyses) {
      // What somebody stopped stays so while other tabs are looked at.
      const stays = this.#options.view.isOn && analysis.state.kind === 'stopped';
      if (!visible.has(key) && !stays) analysis.stop();
    }
    for (const [key, document] of visible) {
      const analysis = this.#analyses.get(key) ?? this.#open(key, document);
      if (analysis.state.kind === 'idle') analysis.start(delayMs);
    }
  }

  #open(key: string, document: vscode.TextDocument): DocumentAnalysis {
    const { engine, source } = this.#options;
    const analysis = new DocumentAnalysis({
      key,
      text: () => document.getText(),
      visible: () => visibleRanges(document),
      source,
      question: () => this.question,
      analyse: (params, options) => engine.call('analyse', params, options),
    });
    this.#listening.set(
      key,
      analysis.onDidChange(() => this.#changed.fire(document.uri)),
    );
    this.#analyses.set(key, analysis);
    return analysis;
  }

  /** What is known stays until something better comes: nothing is to flicker. */
  #viewChanged(view: View): void {
    for (const analysis of this.#analyses.values()) {
      if (analysis.state.kind === 'stopped') analysis.stop();
    }
    const before = this.#view;
    this.#view = view;
    const isMore = this.#asksMore();
    const readsOthers = neuronsOfView(view) !== neuronsOfView(before);
    if (isSameView(view, before) || !(isMore || readsOthers)) this.#look();
    else this.#again();
  }

  /** A feature that is pinned while pinned ones are shown may be active where it is not among the strongest. */
  #pinsChanged(): void {
    if (this.#asksMore()) this.#again();
  }

  /** Is more asked now than the last time? */
  #asksMore(): boolean {
    const asked = this.#asked;
    this.#asked = this.question;
    return asksMore(this.#asked, asked);
  }

  /** But what somebody has stopped. */
  #again(): void {
    for (const analysis of this.#analyses.values()) {
      if (analysis.state.kind !== 'stopped') analysis.stop();
    }
    this.#look();
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    this.of(document.uri)?.edited(
      contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      })),
    );
  }

  /** VS Code also says that a document closes when it is only given another language. */
  #closed({ uri, isClosed }: vscode.TextDocument): void {
    if (!isClosed) return;
    const key = uri.toString();
    this.#analyses.get(key)?.dispose();
    this.#analyses.delete(key);
    this.#listening.get(key)?.dispose();
    this.#listening.delete(key);
  }
}

/** In every editor that shows the document; the lines that are folded away in one are not. */
function visibleRanges(document: vscode.TextDocument): readonly TextRange[] {
  const ranges = vscode.window.visibleTextEditors
    .filter((shown) => shown.document === document)
    .flatMap((shown) => shown.visibleRanges);
  return joinedRanges(
    ranges.map((range) => ({
      start: document.offsetAt(range.start),
      end: document.offsetAt(range.end),
    })),
  );
}

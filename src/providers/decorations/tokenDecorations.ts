// Paints the tokens of visible editors as the chosen view has it. Painted is what is visible and some lines around it, of
// single features the whole text; between an edit and its analysis VS Code itself moves what is painted.
import * as vscode from 'vscode';
import type { PaintedRange } from '../../host/api/testing.ts';
import { DecorationTypes } from '../../host/decorations/decorationTypes.ts';
import { paintFacts } from '../../host/decorations/paintFacts.ts';
import { PaintedEditor } from '../../host/decorations/paintedEditor.ts';
import type { Painting } from '../../host/decorations/paintedEditor.ts';
import { featureLabel } from '../../host/display/features/featureText.ts';
import { hasLineLabels, lineLabels } from '../../host/display/painting/lineLabels.ts';
import {
  featuresToKnow,
  paintView,
  paintsWholeText,
} from '../../host/display/painting/paintView.ts';
import type { TokenRows, TokenTable } from '../../host/documents/tokenTable.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings, readSetting } from '../../host/settings.ts';
import { contextKeys } from '../../shared/contributions.ts';
import type { SettingName } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { messageOf } from '../../shared/errors.ts';

/** Lines painted above and below the visible ones, so that scrolling shows no bare text. */
const marginLines = 200;
/** Most stretches painted in one editor; reached by files with very long lines only. */
const mostStretches = 20_000;
/** Results that arrive within this time are painted together, in milliseconds. */
const gatherMs = 40;

const settingsWithEffect: ReadonlySet<SettingName> = new Set<SettingName>([
  'threshold',
  'maxDensity',
  'ignoreBos',
  'hidden',
  'palette',
  'lineLabels',
]);

/** A stretch of a document, as lines and as offsets. */
interface Extent {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly start: number;
  readonly end: number;
}

export class TokenDecorations implements vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #timers = new Map<vscode.TextEditor, NodeJS.Timeout>();
  readonly #painted = new WeakMap<vscode.TextEditor, PaintedEditor>();
  #types = new DecorationTypes(isHighContrast(vscode.window.activeColorTheme));

  constructor(services: Services) {
    this.#services = services;
    const { window, workspace } = vscode;
    const { analyses, collection, model, shownSae, view } = services;
    for (const listening of [
      analyses.onDidChange((uri) => this.#schedule(gatherMs, uri)),
      view.onDidChange(() => this.#schedule()),
      shownSae.onDidChange(() => this.#schedule()),
      model.onDidChange(() => this.#schedule(gatherMs)),
      collection.onDidChange(() => this.#schedule()),
      onDidChangeSettings((names) => {
        if (names.some((name) => settingsWithEffect.has(name))) this.#schedule();
      }),
      window.onDidChangeVisibleTextEditors(() => this.#schedule()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
      window.onDidChangeActiveColorTheme((theme) => this.#themeChanged(theme)),
      workspace.onDidChangeTextDocument((event) => this.#edited(event)),
    ]) {
      this.#lifetime.add(listening);
    }
    this.#schedule();
  }

  paintedIn(uri: vscode.Uri): readonly PaintedRange[] {
    return editorsOf(uri).flatMap((editor) => this.#painted.get(editor)?.paintedRanges ?? []);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#types.dispose();
    this.#lifetime.dispose();
  }

  #schedule(delayMs = 0, uri?: vscode.Uri): void {
    for (const editor of editorsOf(uri)) {
      if (this.#timers.has(editor)) continue;
      const timer = setTimeout(() => {
        this.#timers.delete(editor);
        void this.#paint(editor);
      }, delayMs);
      this.#timers.set(editor, timer);
    }
  }

  #scrolled(editor: vscode.TextEditor): void {
    const painting = this.#painted.get(editor)?.painting;
    const { first, last } = visibleLines(editor);
    const isInside =
      painting !== undefined && first >= painting.firstLine && last <= painting.lastLine;
    if (!isInside) this.#schedule(gatherMs, editor.document.uri);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    for (const editor of editorsOf(document.uri)) this.#painted.get(editor)?.edited(changes);
  }

  /** Colours follow the theme by themselves. What is a background in one and a line in the other is painted at once. */
  #themeChanged(theme: vscode.ColorTheme): void {
    if (isHighContrast(theme) === this.#types.isHighContrast) return;
    const old = this.#types;
    this.#types = new DecorationTypes(isHighContrast(theme));
    for (const editor of editorsOf()) this.#painted.get(editor)?.repaint(this.#types);
    old.dispose();
  }

  async #paint(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const tokens = this.#tokensOf(document.uri);
    if (tokens !== undefined && this.#isSourceKnown) await this.#learn(this.#rows(editor, tokens));
    const now = this.#tokensOf(document.uri);
    if (now === undefined) this.#painted.get(editor)?.clear(this.#types);
    else if (this.#isSourceKnown)
      this.#editor(editor).paint(this.#painting(editor, now), this.#types);
  }

  /** After a change of view it takes an analysis to know which SAEs are active: until then what is painted stays. */
  get #isSourceKnown(): boolean {
    return this.#services.shownSae.current !== undefined;
  }

  #rows(editor: vscode.TextEditor, tokens: TokenTable): readonly TokenRows[] {
    const { start, end } = this.#extent(editor);
    return tokens.rowsBetween(start, end);
  }

  /** Maxima, densities and labels of what is about to be painted. */
  async #learn(rows: readonly TokenRows[]): Promise<void> {
    const { briefs, collection, log, model, shownSae, view } = this.#services;
    const { pinned } = collection;
    const known = { pinned, saes: model.saes, shown: shownSae.current };
    try {
      for (const [sae, features] of featuresToKnow(view.current, rows, known)) {
        await briefs.load(sae, features);
      }
    } catch (error) {
      log.warn(`Strengths are relative to what is in view: ${messageOf(error)}`);
    }
  }

  #painting(editor: vscode.TextEditor, tokens: TokenTable): Painting {
    const { briefs, view } = this.#services;
    const { firstLine, lastLine, start } = this.#extent(editor);
    const range = new vscode.Range(firstLine, 0, lastLine + 1, 0);
    const text = { text: editor.document.getText(range), textStart: start };
    const facts = { ...text, ...paintFacts(this.#services) };
    const all = paintView(view.current, this.#rows(editor, tokens), facts);
    const stretches = all.length > mostStretches ? all.slice(0, mostStretches) : all;
    const isLabelled = readSetting('lineLabels') && hasLineLabels(view.current);
    if (!isLabelled) return { stretches, labels: [], firstLine, lastLine };
    const near = linesNear(editor);
    const labelled = stretches.filter((each) => each.start >= near.start && each.start < near.end);
    const labels = lineLabels(labelled, text, ({ sae, feature }) =>
      featureLabel(briefs.get(sae, feature)),
    );
    return { stretches, labels, firstLine: near.firstLine, lastLine: near.lastLine };
  }

  /** `undefined` where nothing is to be painted. */
  #tokensOf(uri: vscode.Uri): TokenTable | undefined {
    const { analyses, view } = this.#services;
    const analysis = analyses.of(uri);
    if (!view.isOn || this.#lifetime.isDisposed || analysis?.state.kind === 'skipped')
      return undefined;
    return analysis === undefined || analysis.tokens.count === 0 ? undefined : analysis.tokens;
  }

  /** What is painted of a document. */
  #extent(editor: vscode.TextEditor): Extent {
    return paintsWholeText(this.#services.view.current)
      ? extentOf(editor.document, 0, editor.document.lineCount - 1)
      : linesNear(editor);
  }

  #editor(editor: vscode.TextEditor): PaintedEditor {
    let painted = this.#painted.get(editor);
    if (painted === undefined) {
      painted = new PaintedEditor(editor, () => this.#roundTrip());
      this.#painted.set(editor, painted);
    }
    return painted;
  }

  /** Messages to VS Code's window arrive in order: what was sent before the question is there before the answer. */
  #roundTrip(): PromiseLike<unknown> {
    const { kind } = this.#services.view.current;
    return vscode.commands.executeCommand('setContext', contextKeys.view, kind);
  }
}

function linesNear(editor: vscode.TextEditor): Extent {
  const { first, last } = visibleLines(editor);
  return extentOf(editor.document, first - marginLines, last + marginLines);
}

function extentOf(document: vscode.TextDocument, first: number, last: number): Extent {
  const firstLine = Math.max(0, first);
  const lastLine = Math.min(document.lineCount - 1, last);
  return {
    firstLine,
    lastLine,
    start: document.offsetAt(new vscode.Position(firstLine, 0)),
    end: document.offsetAt(new vscode.Position(lastLine + 1, 0)),
  };
}

function editorsOf(uri?: vscode.Uri): readonly vscode.TextEditor[] {
  const wanted = uri?.toString();
  return vscode.window.visibleTextEditors.filter(
    ({ document }) => wanted === undefined || document.uri.toString() === wanted,
  );
}

function visibleLines(editor: vscode.TextEditor): {
  readonly first: number;
  readonly last: number;
} {
  const first = editor.visibleRanges[0]?.start.line ?? 0;
  return { first, last: editor.visibleRanges.at(-1)?.end.line ?? first };
}

function isHighContrast({ kind }: vscode.ColorTheme): boolean {
  return (
    kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight
  );
}

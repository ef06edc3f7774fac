// Paints the tokens of visible editors: hears of everything that may change what they look like, gathers what comes
// together, and has each editor painted by itself.
import * as vscode from 'vscode';
import type { PaintedRange } from '../../host/api/testing.ts';
import { DecorationTypes } from '../../host/decorations/decorationTypes.ts';
import { EditorPainter } from '../../host/decorations/editorPainter.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import type { SettingName } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';

const settingsWithEffect: ReadonlySet<SettingName> = new Set<SettingName>([
  'threshold',
  'maxDensity',
  'ignoreBos',
  'hidden',
  'palette',
  'lineLabels',
]);

/** A painting to come; `at` as `performance.now` says it. */
interface Planned {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

export class TokenDecorations implements vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #planned = new Map<vscode.TextEditor, Planned>();
  readonly #painters = new WeakMap<vscode.TextEditor, EditorPainter>();
  #types = new DecorationTypes(isHighContrast(vscode.window.activeColorTheme));

  constructor(services: Services) {
    this.#services = services;
    const { window, workspace } = vscode;
    const { ablationMaps, analyses, collection, model, shownSae, view } = services;
    for (const listening of [
      analyses.onDidChange((uri) => this.#paintSoon(uri)),
      ablationMaps.onDidChange((uri) => this.#paintSoon(vscode.Uri.parse(uri))),
      view.onDidChange(() => this.#paint()),
      shownSae.onDidChange(() => this.#paint()),
      model.onDidChange(() => this.#paintSoon()),
      collection.onDidChange(() => this.#paint()),
      onDidChangeSettings((names) => {
        if (names.some((name) => settingsWithEffect.has(name))) this.#paint();
      }),
      window.onDidChangeVisibleTextEditors(() => this.#paint()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
      window.onDidChangeActiveColorTheme((theme) => this.#themeChanged(theme)),
      workspace.onDidChangeTextDocument((event) => this.#edited(event)),
    ]) {
      this.#lifetime.add(listening);
    }
    this.#paint();
  }

  paintedIn(uri: vscode.Uri): readonly PaintedRange[] {
    return editorsOf(uri).flatMap((editor) => this.#painters.get(editor)?.paintedRanges ?? []);
  }

  dispose(): void {
    for (const { timer } of this.#planned.values()) clearTimeout(timer);
    this.#planned.clear();
    this.#types.dispose();
    this.#lifetime.dispose();
  }

  /** Somebody waits for it. */
  #paint(): void {
    for (const editor of editorsOf()) this.#plan(editor, 0);
  }

  /** Results that come together are painted together. */
  #paintSoon(uri?: vscode.Uri): void {
    for (const editor of editorsOf(uri)) this.#plan(editor, this.#painter(editor).gatherMs);
  }

  #plan(editor: vscode.TextEditor, delayMs: number): void {
    const at = performance.now() + delayMs;
    const planned = this.#planned.get(editor);
    if (planned !== undefined && planned.at <= at) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.#planned.delete(editor);
      void this.#painter(editor).paint(() => (this.#lifetime.isDisposed ? undefined : this.#types));
    }, delayMs);
    this.#planned.set(editor, { at, timer });
  }

  #scrolled(editor: vscode.TextEditor): void {
    const painter = this.#painter(editor);
    if (!painter.showsVisible) this.#plan(editor, painter.gatherMs);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    for (const editor of editorsOf(document.uri)) this.#painters.get(editor)?.edited(changes);
  }

  /** Colours follow the theme by themselves. What is a background in one and a line in the other is painted at once. */
  #themeChanged(theme: vscode.ColorTheme): void {
    if (isHighContrast(theme) === this.#types.isHighContrast) return;
    const old = this.#types;
    this.#types = new DecorationTypes(isHighContrast(theme));
    for (const editor of editorsOf()) this.#painters.get(editor)?.repaint(this.#types);
    old.dispose();
  }

  #painter(editor: vscode.TextEditor): EditorPainter {
    let painter = this.#painters.get(editor);
    if (painter === undefined) {
      painter = new EditorPainter(editor, this.#services);
      this.#painters.set(editor, painter);
    }
    return painter;
  }
}

function editorsOf(uri?: vscode.Uri): readonly vscode.TextEditor[] {
  const wanted = uri?.toString();
  return vscode.window.visibleTextEditors.filter(
    ({ document }) => wanted === undefined || document.uri.toString() === wanted,
  );
}

function isHighContrast({ kind }: vscode.ColorTheme): boolean {
  return (
    kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight
  );
}

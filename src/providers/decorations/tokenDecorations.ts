// Paints tokens in the colours of their strongest features, those of one SAE. A fixed set of decoration types (colours × levels) is
// shared by all editors and features; only types whose ranges changed are sent. Painted is what is visible and some
// lines around it; between an edit and its analysis VS Code itself moves what is painted.
import * as vscode from 'vscode';
import type { PaintedRange } from '../../host/api/testing.ts';
import { paintTokens } from '../../host/display/features/painting.ts';
import type { PaintedToken } from '../../host/display/features/painting.ts';
import { levels } from '../../host/display/features/strength.ts';
import { readingOf } from '../../host/documents/tokenTable.ts';
import type { Services } from '../../host/services.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import { palette, paletteSlot } from '../../shared/palette.ts';
import { featureIndex } from '../../shared/units.ts';

/** Lines painted above and below the visible ones, so that scrolling shows no bare text. */
const marginLines = 200;
/** Most tokens painted in one editor; reached by files with very long lines only. */
const mostTokens = 20_000;
/** Results that arrive within this time are painted together, in milliseconds. */
const gatherMs = 40;
/** Opacity per level: text keeps a contrast of at least 4.5 in the default light and dark themes. */
const lightOpacity = [0.1, 0.19, 0.29, 0.42];
const darkOpacity = [0.12, 0.2, 0.29, 0.38];
/** Underlines in high-contrast themes, where a background would eat contrast. */
const underlineOpacity = [0.45, 0.65, 0.85, 1];

/** Stands for ranges that VS Code has changed since they were sent. */
const unknown = '?';

interface Painted {
  /** What was last sent, per decoration type. */
  readonly sent: Map<number, string>;
  ranges: readonly PaintedRange[];
  first: number;
  last: number;
}

/** Lines that are painted with the features of one SAE. */
interface PaintedLines {
  readonly sae: SaePlace;
  readonly first: number;
  readonly last: number;
}

export class TokenDecorations implements vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #timers = new Map<vscode.TextEditor, NodeJS.Timeout>();
  #types = new Map<number, vscode.TextEditorDecorationType>();
  #painted = new WeakMap<vscode.TextEditor, Painted>();
  #isHighContrast = isHighContrast(vscode.window.activeColorTheme);

  constructor(services: Services) {
    this.#services = services;
    const { window, workspace } = vscode;
    const { analyses, shownSae, view } = services;
    for (const listening of [
      analyses.onDidChange((uri) => this.#schedule(uri)),
      view.onDidChange(() => this.#schedule()),
      shownSae.onDidChange(() => this.#schedule()),
      window.onDidChangeVisibleTextEditors(() => this.#schedule()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
      window.onDidChangeActiveColorTheme((theme) => this.#themeChanged(theme)),
      workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)),
    ]) {
      this.#lifetime.add(listening);
    }
    this.#schedule();
  }

  paintedIn(uri: vscode.Uri): readonly PaintedRange[] {
    const editor = editorsOf(uri)[0];
    return editor === undefined ? [] : (this.#painted.get(editor)?.ranges ?? []);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const type of this.#types.values()) type.dispose();
    this.#types.clear();
    this.#lifetime.dispose();
  }

  #schedule(uri?: vscode.Uri): void {
    for (const editor of editorsOf(uri)) {
      if (this.#timers.has(editor)) continue;
      const timer = setTimeout(() => {
        this.#timers.delete(editor);
        void this.#paint(editor);
      }, gatherMs);
      this.#timers.set(editor, timer);
    }
  }

  #scrolled(editor: vscode.TextEditor): void {
    const painted = this.#painted.get(editor);
    const { first, last } = visibleLines(editor);
    const isInside = painted !== undefined && first >= painted.first && last <= painted.last;
    if (!isInside) this.#schedule(editor.document.uri);
  }

  /** VS Code moved and maybe swallowed ranges: what was sent no longer tells what is there. */
  #edited(document: vscode.TextDocument): void {
    for (const editor of editorsOf(document.uri)) {
      const sent = this.#painted.get(editor)?.sent;
      for (const key of sent?.keys() ?? []) sent?.set(key, unknown);
    }
  }

  #themeChanged(theme: vscode.ColorTheme): void {
    if (isHighContrast(theme) === this.#isHighContrast) return;
    this.#isHighContrast = isHighContrast(theme);
    for (const type of this.#types.values()) type.dispose();
    this.#types = new Map();
    this.#painted = new WeakMap();
    this.#schedule();
  }

  async #paint(editor: vscode.TextEditor): Promise<void> {
    const { analyses, briefs, log, shownSae } = this.#services;
    const { document } = editor;
    const analysis = analyses.of(document.uri);
    if (analysis === undefined || !this.#isPainted(document.uri)) {
      this.#send(editor, [], { sae: '', first: 0, last: 0 });
      return;
    }
    const { first, last } = visibleLines(editor);
    const sae = shownSae.current ?? '';
    const lines = {
      sae,
      first: first - marginLines,
      last: last + marginLines,
    };
    const start = document.offsetAt(new vscode.Position(Math.max(0, lines.first), 0));
    const end = document.offsetAt(new vscode.Position(lines.last + 1, 0));
    const tokensNow = (): ReturnType<typeof analysis.tokens.between> =>
      analysis.tokens.between(start, end).slice(0, mostTokens);
    try {
      await briefs.load(
        sae,
        tokensNow().flatMap((token) => [...(readingOf(token, sae)?.features ?? [])]),
      );
    } catch (error) {
      log.warn(`Strengths are relative to what is in view: ${messageOf(error)}`);
    }
    if (!this.#isPainted(document.uri)) return;
    const painted = paintTokens(tokensNow(), document.getText(), sae, (feature) => {
      const maximum = briefs.get(sae, feature)?.maxActivation ?? 0;
      return maximum > 0 ? maximum : undefined;
    });
    this.#send(editor, painted, lines);
  }

  #isPainted(uri: vscode.Uri): boolean {
    const { analyses, view } = this.#services;
    const isUnsuitable = analyses.of(uri)?.state.kind === 'skipped';
    return view.isOn && !isUnsuitable && !this.#lifetime.isDisposed;
  }

  #send(
    editor: vscode.TextEditor,
    tokens: readonly PaintedToken[],
    { sae, first, last }: PaintedLines,
  ): void {
    const painted = this.#painted.get(editor) ?? { sent: new Map(), ranges: [], first, last };
    const { document } = editor;
    painted.first = first;
    painted.last = last;
    painted.ranges = tokens.map(({ start, end, feature, level }) => ({
      range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      sae,
      feature,
      level,
    }));
    this.#painted.set(editor, painted);
    const byType = rangesByType(painted.ranges);
    for (const key of new Set([...byType.keys(), ...this.#types.keys()])) {
      const ranges = byType.get(key) ?? [];
      const sending = ranges.map(rangeKey).join(' ');
      if ((painted.sent.get(key) ?? '') === sending) continue;
      painted.sent.set(key, sending);
      editor.setDecorations(this.#type(key), ranges);
    }
  }

  #type(key: number): vscode.TextEditorDecorationType {
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const made = vscode.window.createTextEditorDecorationType(
      this.#isHighContrast ? underline(key) : background(key),
    );
    this.#types.set(key, made);
    return made;
  }
}

function rangesByType(painted: readonly PaintedRange[]): Map<number, vscode.Range[]> {
  const byType = new Map<number, vscode.Range[]>();
  for (const each of painted) {
    const key = typeKey(each);
    const ranges = byType.get(key);
    if (ranges === undefined) byType.set(key, [each.range]);
    else ranges.push(each.range);
  }
  return byType;
}

function typeKey({ feature, level }: PaintedRange): number {
  return paletteSlot(featureIndex(feature)) * levels + level;
}

function rangeKey({ start, end }: vscode.Range): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

function background(key: number): vscode.DecorationRenderOptions {
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    borderRadius: '2px',
    light: { backgroundColor: colourOf(key, 'light', lightOpacity) },
    dark: { backgroundColor: colourOf(key, 'dark', darkOpacity) },
  };
}

function underline(key: number): vscode.DecorationRenderOptions {
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    borderStyle: 'solid',
    borderWidth: '0 0 2px 0',
    light: { borderColor: colourOf(key, 'light', underlineOpacity) },
    dark: { borderColor: colourOf(key, 'dark', underlineOpacity) },
  };
}

/** `#rrggbbaa` */
function colourOf(key: number, theme: 'light' | 'dark', opacity: readonly number[]): string {
  const colour = palette[Math.floor(key / levels)]?.[theme] ?? '#808080';
  const alpha = Math.round((opacity[key % levels] ?? 1) * 255);
  return colour + alpha.toString(16).padStart(2, '0');
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

// Paints the tokens of one editor as the chosen view has it, and only when something would look otherwise. Painted is what
// is visible and some lines around it, of followed features the whole text; between an edit and its analysis VS Code itself
// moves what is painted.
import * as vscode from 'vscode';
import type { PaintedRange } from '../api/testing.ts';
import { featureLabel } from '../display/features/featureText.ts';
import { hasLineLabels, lineLabels } from '../display/painting/lineLabels.ts';
import type { LineLabel } from '../display/painting/lineLabels.ts';
import { extentOf, linesAround, wholeText } from '../display/painting/linesToPaint.ts';
import type { Extent, Lines } from '../display/painting/linesToPaint.ts';
import { holds, isAnythingNew, linesToKeep, shared } from '../display/painting/paintBasis.ts';
import type { LineRange, PaintBasis } from '../display/painting/paintBasis.ts';
import { PaintMemory } from '../display/painting/paintMemory.ts';
import type { PaintedPart } from '../display/painting/paintMemory.ts';
import { featuresToKnow, paintsWholeText } from '../display/painting/paintView.ts';
import type { Stretch } from '../display/painting/stretches.ts';
import type { TextChange } from '../documents/tokenTable.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';
import { contextKeys } from '../../shared/contributions.ts';
import { messageOf } from '../../shared/errors.ts';
import type { DecorationTypes } from './decorationTypes.ts';
import { paintFacts, paintKey } from './paintFacts.ts';
import { PaintedEditor } from './paintedEditor.ts';

/** Most stretches painted in one editor, about; more is reached by views of whole texts only. */
const mostStretches = 20_000;
/** Results that arrive within this time are painted together, in milliseconds. */
const gatherMs = 40;
/** The longest such time: what is painted falls no further behind, however long painting takes. */
const longestGatherMs = 1000;
/** It is at least this many times as long as the last painting took, so that others get most of the thread. */
const pausesPerPainting = 4;

/** What would be painted now. */
interface Look {
  readonly extent: Extent;
  readonly visible: LineRange;
  readonly basis: PaintBasis;
  readonly facts: ReturnType<typeof paintFacts>;
  /** As `basis.key`, without what is known of features. */
  readonly key: string;
  readonly isLabelled: boolean;
  readonly isNew: boolean;
}

export class EditorPainter {
  readonly #editor: vscode.TextEditor;
  readonly #services: Services;
  readonly #lines: Lines;
  readonly #painted: PaintedEditor;
  readonly #memory = new PaintMemory();
  /** Of what is painted; `undefined`: nothing is. */
  #basis: PaintBasis | undefined;
  #paintingMs = 0;

  constructor(editor: vscode.TextEditor, services: Services) {
    this.#editor = editor;
    this.#services = services;
    this.#lines = linesOf(editor.document);
    this.#painted = new PaintedEditor(editor, () => this.#roundTrip());
  }

  /** How long results that arrive now wait for more, in milliseconds. */
  get gatherMs(): number {
    return Math.min(longestGatherMs, Math.max(gatherMs, this.#paintingMs * pausesPerPainting));
  }

  get paintedRanges(): readonly PaintedRange[] {
    return this.#painted.paintedRanges;
  }

  /** Is all that is visible painted, as far as it is known? */
  get showsVisible(): boolean {
    return this.#basis !== undefined && holds(this.#basis.lines, visibleLines(this.#editor));
  }

  edited(changes: readonly TextChange[]): void {
    this.#painted.edited(changes);
  }

  /** Paints what is painted with other decoration types. */
  repaint(types: DecorationTypes): void {
    this.#painted.repaint(types);
  }

  /** @param types asked for when it comes to it: the theme may change meanwhile; `undefined` when all is over */
  async paint(types: () => DecorationTypes | undefined): Promise<void> {
    const look = this.#look();
    if (look === 'stay' || (look !== 'bare' && !look.isNew)) return;
    const isLearnt = look === 'bare' || (await this.#learn(look));
    const [now, decorations] = [this.#look(), types()];
    if (decorations === undefined || now === 'stay') return;
    if (now === 'bare') this.#clear(decorations);
    else if (now.isNew) this.#paintNow(now, decorations);
    // What could not be learnt is asked for again with the next results.
    if (!isLearnt) this.#memory.forget();
  }

  /** `bare`: nothing is to be painted; `stay`: what is to be is not known yet. */
  #look(): Look | 'bare' | 'stay' {
    const { analyses, briefs, view } = this.#services;
    const { uri, version } = this.#editor.document;
    const analysis = analyses.of(uri);
    if (!view.isOn || analysis === undefined || analysis.state.kind === 'skipped') return 'bare';
    if (analysis.tokens.count === 0) return 'bare';
    const facts = paintFacts(this.#services, uri.toString());
    // After a change of view it takes an analysis to know which SAEs are active.
    if (facts.shown === undefined) return 'stay';
    const visible = visibleLines(this.#editor);
    const extent = this.#extent(visible);
    const isLabelled = readSetting('lineLabels') && hasLineLabels(view.current);
    const key = paintKey(this.#services, facts);
    const basis = {
      version,
      lines: extent.lines,
      rows: analysis.tokens.rowsBetween(extent.start, extent.end),
      key: `${key} ${isLabelled} ${briefs.count}`,
    };
    const isTyping = analysis.state.kind === 'waiting' && this.#basis?.version !== version;
    const isNew = isAnythingNew(this.#basis, basis, { visible, isTyping });
    return { extent, visible, basis, facts, key, isLabelled, isNew };
  }

  #extent(visible: LineRange): Extent {
    const lines = this.#lines;
    if (paintsWholeText(this.#services.view.current)) return wholeText(lines);
    const { version } = this.#editor.document;
    const kept = linesToKeep(this.#basis, version, visible);
    return extentOf(kept ?? linesAround(visible, lines), visible, lines);
  }

  /** Maxima, densities and labels of what is about to be painted. @returns false where they could not be had */
  async #learn({ basis, facts, key }: Look): Promise<boolean> {
    const { briefs, log, view } = this.#services;
    const rows = this.#memory.newRows(basis.rows, key);
    try {
      for (const [sae, features] of featuresToKnow(view.current, rows, facts)) {
        await briefs.load(sae, features);
      }
      return true;
    } catch (error) {
      log.warn(`Strengths are relative to what is in view: ${messageOf(error)}`);
      return false;
    }
  }

  #paintNow(look: Look, types: DecorationTypes): void {
    const began = performance.now();
    const { basis, facts, isLabelled, key, visible } = look;
    const part = this.#memory.paint(basis.rows, {
      view: this.#services.view.current,
      facts,
      key,
      textBetween: (start, end) => this.#textBetween(start, end),
      near: this.#lines.startOf(visible.firstLine),
      most: mostStretches,
    });
    const { stretches } = part;
    const near = isLabelled
      ? extentOf(linesAround(visible, this.#lines), visible, this.#lines)
      : undefined;
    const labels = near === undefined ? [] : this.#labels(stretches, near);
    this.#painted.paint({ stretches, labels }, types);
    const lines = shared(shared(basis.lines, this.#linesOf(part)), near?.lines ?? basis.lines);
    this.#basis = { ...basis, lines };
    this.#paintingMs = performance.now() - began;
  }

  #labels(stretches: readonly Stretch[], { start, end, isCut }: Extent): readonly LineLabel[] {
    const { briefs } = this.#services;
    const text = { text: this.#textBetween(start, end), textStart: start };
    const near = stretches.filter((each) => each.start >= start && each.start < end);
    const labels = lineLabels(near, text, ({ sae, feature }) =>
      featureLabel(briefs.get(sae, feature)),
    );
    // The end of a line that is too long to be painted is not seen either.
    return isCut ? labels.filter(({ at }) => at < end) : labels;
  }

  #linesOf({ start, end }: PaintedPart): LineRange {
    return { firstLine: this.#lines.at(start), lastLine: this.#lines.at(end) };
  }

  #textBetween(start: number, end: number): string {
    const { document } = this.#editor;
    return document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end)));
  }

  /** What is remembered stays: features that are hidden are mostly shown again. */
  #clear(types: DecorationTypes): void {
    this.#painted.clear(types);
    this.#basis = undefined;
  }

  /** Messages to VS Code's window arrive in order: what was sent before the question is there before the answer. */
  #roundTrip(): PromiseLike<unknown> {
    const { kind } = this.#services.view.current;
    return vscode.commands.executeCommand('setContext', contextKeys.view, kind);
  }
}

function linesOf(document: vscode.TextDocument): Lines {
  return {
    get count() {
      return document.lineCount;
    },
    // Behind the last line lies the end of the text.
    startOf: (line) => document.offsetAt(new vscode.Position(line, 0)),
    at: (offset) => document.positionAt(offset).line,
  };
}

function visibleLines({ visibleRanges }: vscode.TextEditor): LineRange {
  const firstLine = visibleRanges[0]?.start.line ?? 0;
  return { firstLine, lastLine: visibleRanges.at(-1)?.end.line ?? firstLine };
}

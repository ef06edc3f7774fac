// One editor and what is painted in it: sends VS Code what is different, and knows where it lies after edits.
import * as vscode from 'vscode';
import type { PaintedRange } from '../api/testing.ts';
import type { LineLabel } from '../display/painting/lineLabels.ts';
import { SentRanges } from '../display/painting/sentRanges.ts';
import type { Ranges } from '../display/painting/sentRanges.ts';
import type { Stretch } from '../display/painting/stretches.ts';
import { movedOffset } from '../documents/steerPrompt.ts';
import type { TextChange } from '../documents/tokenTable.ts';
import type { DecorationTypes } from './decorationTypes.ts';

/** What is to be painted. */
export interface Painting {
  readonly stretches: readonly Stretch[];
  readonly labels: readonly LineLabel[];
}

const nothing: Painting = { stretches: [], labels: [] };

export class PaintedEditor {
  readonly #editor: vscode.TextEditor;
  readonly #sent = new SentRanges();
  /** Resolves when VS Code has taken everything that was sent before. */
  readonly #taken: () => PromiseLike<unknown>;
  #painting = nothing;
  /** `undefined`: not known. */
  #sentLabels: readonly LineLabel[] | undefined = [];
  /** Edits since `#painting` was painted. */
  #edits: TextChange[] = [];

  constructor(editor: vscode.TextEditor, taken: () => PromiseLike<unknown>) {
    this.#editor = editor;
    this.#taken = taken;
  }

  paint(painting: Painting, types: DecorationTypes): void {
    this.#painting = painting;
    this.#edits = [];
    const differing = this.#sent.update(painting.stretches);
    for (const [paint, ranges] of differing) {
      this.#editor.setDecorations(types.of(paint), this.#ranges(ranges));
    }
    this.#paintLabels(painting.labels, types);
    const { turn } = this.#sent;
    if (differing.size > 0) void this.#taken().then(() => this.#sent.settle(turn));
  }

  clear(types: DecorationTypes): void {
    this.paint(nothing, types);
  }

  /** Paints the same with other decoration types; the old ones take theirs along when they are disposed of. */
  repaint(types: DecorationTypes): void {
    this.#sent.clear();
    this.#sentLabels = [];
    const { stretches, labels } = this.#painting;
    const moved = stretches.map((stretch) => ({ ...stretch, ...this.#whereNow(stretch) }));
    this.paint(
      {
        stretches: moved.filter(({ start, end }) => start < end),
        labels: labels.map(({ at, text }) => ({ at: this.#moved(at), text })),
      },
      types,
    );
  }

  edited(changes: readonly TextChange[]): void {
    for (const change of changes) this.#sent.edit(change);
    this.#sentLabels = undefined;
    this.#edits.push(...changes);
  }

  /** In text order, where it lies now. */
  get paintedRanges(): readonly PaintedRange[] {
    return this.#painting.stretches
      .toSorted((a, b) => a.start - b.start)
      .map((stretch) => {
        const { start, end } = this.#whereNow(stretch);
        const { paint, feature } = stretch;
        const whose = feature && { sae: feature.sae, feature: feature.feature };
        const { kind, level, colour } = paint;
        return { kind, range: this.#range(start, end), level, colour, ...whose };
      });
  }

  #whereNow({ start, end }: Stretch): Pick<Stretch, 'start' | 'end'> {
    // What is typed behind a stretch does not belong to it.
    return { start: this.#moved(start), end: this.#moved(end - 1) + 1 };
  }

  #moved(offset: number): number {
    return this.#edits.reduce(movedOffset, offset);
  }

  #paintLabels(labels: readonly LineLabel[], types: DecorationTypes): void {
    if (isSame(this.#sentLabels, labels)) return;
    this.#sentLabels = labels;
    const { document } = this.#editor;
    const decorations = labels.map(({ at, text }): vscode.DecorationOptions => {
      const end = document.positionAt(at);
      return {
        range: new vscode.Range(end, end),
        renderOptions: { after: { contentText: text } },
      };
    });
    this.#editor.setDecorations(types.label, decorations);
  }

  #ranges(ranges: Ranges): vscode.Range[] {
    const found: vscode.Range[] = [];
    for (let n = 0; n < ranges.length; n += 2) {
      found.push(this.#range(ranges[n] ?? 0, ranges[n + 1] ?? 0));
    }
    return found;
  }

  #range(start: number, end: number): vscode.Range {
    const { document } = this.#editor;
    return new vscode.Range(document.positionAt(start), document.positionAt(end));
  }
}

function isSame(sent: readonly LineLabel[] | undefined, wanted: readonly LineLabel[]): boolean {
  return (
    sent?.length === wanted.length &&
    wanted.every(({ at, text }, n) => sent[n]?.at === at && sent[n].text === text)
  );
}

// What the extension of the benchmarks inside VS Code is told, and what it says when it is done.

/** A file of the workspace that is typed into. */
export interface TypingCase {
  /** As the results call it. */
  readonly name: string;
  readonly file: string;
  /** The setting `monosem.analysis.maxFileKB` meanwhile. */
  readonly maxFileKB: number;
}

export interface EditorPlan {
  /** Where the report is expected. */
  readonly report: string;
  readonly typing: readonly TypingCase[];
  /** Characters typed in a row, and characters typed each with a pause behind it. */
  readonly keystrokes: number;
  readonly pauses: number;
  /** A file of which more than `painted` tokens are painted at once, and how often that is done; absent: never. */
  readonly painting?: { readonly file: string; readonly tokens: number; readonly times: number };
}

/** All times in milliseconds. */
export interface TypingReport {
  readonly name: string;
  /** Of the extension host's thread in our code, keystroke by keystroke of those in a row. */
  readonly keystrokes: readonly number[];
  /** The same from the pause behind a keystroke to the colours of its answer. */
  readonly pauses: readonly number[];
}

export interface PaintingReport {
  /** When the colours were asked for, in milliseconds since 1970; the page knows when they were there. */
  readonly askedAt: readonly number[];
  /** Of the extension host's thread in our code. */
  readonly own: readonly number[];
  /** Until everything was handed to VS Code. */
  readonly handedOver: readonly number[];
  /** Ranges painted. */
  readonly ranges: number;
}

export interface EditorReport {
  readonly typing: readonly TypingReport[];
  readonly painting?: PaintingReport;
  /** Why it ended early. */
  readonly failure?: string;
}

// A file as an editor has it open: its text, what of it is seen, and the tokens that are known of it. Asks the engine as
// the extension host does, and says how long the first colours of what is seen and the whole answer took.
import type { Engine } from '../src/engine/engine.ts';
import { TokenTable } from '../src/host/documents/tokenTable.ts';
import type { TextChange } from '../src/host/documents/tokenTable.ts';
import type { AnalyseParams, AnalysisExtent, Source } from '../src/shared/engineProtocol.ts';
import { charOffset } from '../src/shared/units.ts';
import { topK } from './analysisOverhead.ts';

/** Characters an editor shows at once, about. */
const visibleCharacters = 3000;

/** Milliseconds. */
export interface Answer {
  /** Until tokens that are seen have arrived; NaN where none were sent. */
  readonly first: number;
  readonly all: number;
}

export interface FileOptions {
  readonly engine: Engine;
  readonly source: Source;
  readonly name: string;
  readonly text: string;
  /** The whole text when absent. */
  readonly extent?: AnalysisExtent;
}

export class OpenFile {
  readonly #options: FileOptions;
  readonly #tokens = new TokenTable();
  #text: string;
  #run = 0;
  /** In the middle of what is seen. */
  #caret: number;

  constructor(options: FileOptions) {
    this.#options = options;
    this.#text = options.text;
    this.#caret = options.text.length >> 1;
  }

  /** Puts the caret where so much of the text is in front of it. @param share 0…1 */
  goTo(share: number): void {
    this.#caret = Math.round(share * this.#text.length);
  }

  /** Types a character at the caret. */
  type(character: string): void {
    const change: TextChange = { offset: this.#caret, removed: 0, inserted: character.length };
    this.#text = this.#text.slice(0, this.#caret) + character + this.#text.slice(this.#caret);
    this.#caret += character.length;
    this.#tokens.edit(change);
  }

  async analyse(): Promise<Answer> {
    const { engine, source, name, extent = 'all' } = this.#options;
    const start = Math.max(0, this.#caret - visibleCharacters / 2);
    const end = Math.min(this.#text.length, start + visibleCharacters);
    const params: AnalyseParams = {
      ...{ source, document: name, text: this.#text, topK, extent },
      visible: { start: charOffset(start), end: charOffset(end) },
      known: this.#tokens.tell(),
    };
    const run = ++this.#run;
    const began = performance.now();
    let first = NaN;
    const { kept } = await engine.analyse(params, {
      signal: { aborted: false },
      progress: (batch) => {
        const isSeen = (batch.starts[0] ?? 0) < end && (batch.ends[batch.count - 1] ?? 0) > start;
        if (isSeen && Number.isNaN(first)) first = performance.now() - began;
        this.#tokens.insert(batch, run);
      },
    });
    this.#tokens.finish(run, kept);
    return { first, all: performance.now() - began };
  }
}

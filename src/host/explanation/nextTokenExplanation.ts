// Why the model expects what it expects in one place of a text: computed when somebody asks, and kept until they ask again.
// An edit of the text before the place, or another model, makes it outdated, which is said and not repaired: somebody may
// be reading it. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type {
  EffectOrder,
  FeatureEffects,
  Source,
  TargetToken,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { movedOffset } from '../documents/steerPrompt.ts';
import type { TextChange } from '../documents/tokenTable.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { explainedText } from './explainedText.ts';
import type { ExplainedPlace } from './explainedText.ts';

export interface ExplainedDocument {
  /** Its URI. */
  readonly key: string;
  /** Its present text. */
  readonly text: () => string;
}

export interface NextTokenQuestion {
  readonly document: ExplainedDocument;
  readonly place: ExplainedPlace;
  /** The likeliest one when absent. */
  readonly target?: TargetToken;
}

export interface ExplainedNextToken extends NextTokenQuestion {
  /** What the model read. */
  readonly text: string;
  readonly effects: FeatureEffects;
  /** The text that precedes the place, or what reads it, is another one now. */
  readonly isStale: boolean;
}

export interface ExplanationPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
}

/** A question whose place follows edits while it is answered. */
interface Asking {
  readonly abort: AbortController;
  place: ExplainedPlace;
  isStale: boolean;
}

export class NextTokenExplanation implements Disposable {
  readonly #ports: ExplanationPorts;
  readonly #changed = new Emitter<undefined>();
  #current: ExplainedNextToken | undefined;
  #asking: (Asking & { readonly document: ExplainedDocument }) | undefined;
  #order: EffectOrder = 'kl';

  constructor(ports: ExplanationPorts) {
    this.#ports = ports;
  }

  /** There is another explanation, or it is ordered otherwise, or it has become outdated. */
  readonly onDidChange = this.#changed.event;

  /** The last one; `undefined` until somebody asked. */
  get current(): ExplainedNextToken | undefined {
    return this.#current;
  }

  get order(): EffectOrder {
    return this.#order;
  }

  /**
   * A question that is still being answered is given up for this one.
   * @throws MonosemError `emptyText` where nothing precedes the place, `cancelled`, and what the engine throws; then the
   *   last explanation stays
   */
  async explain(question: NextTokenQuestion, signal?: AbortSignal): Promise<FeatureEffects> {
    this.#asking?.abort.abort();
    const { document, place, target } = question;
    const asked = explainedText(document.text(), place);
    if (asked === undefined) throw nothingBefore();
    const asking = {
      ...{ document, isStale: false, abort: new AbortController() },
      // Blanks that were left out have no part in the answer.
      place: { ...place, end: asked.text.length },
    };
    this.#asking = asking;
    const { signal: replaced } = asking.abort;
    try {
      const effects = await this.#ports.engine.call(
        'featureEffects',
        { source: await this.#ports.source(), ...asked, ...(target && { target }) },
        { signal: signal === undefined ? replaced : AbortSignal.any([replaced, signal]) },
      );
      if (replaced.aborted) throw cancelled();
      const { place: present, isStale } = asking;
      this.#current = { ...question, place: present, text: asked.text, effects, isStale };
      this.#changed.fire(undefined);
      return effects;
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  arrange(order: EffectOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    this.#changed.fire(undefined);
  }

  /** Of a document; what stands behind the place has no part in the explanation. */
  edited(key: string, changes: readonly TextChange[]): void {
    if (this.#asking?.document.key === key) {
      const { place } = this.#asking;
      const moved = movedPlace(place, changes);
      this.#asking.place = moved ?? place;
      if (moved !== undefined) this.#asking.isStale = true;
    }
    if (this.#current?.document.key !== key) return;
    const place = movedPlace(this.#current.place, changes);
    if (place === undefined) return;
    this.#current = { ...this.#current, place, isStale: true };
    this.#changed.fire(undefined);
  }

  /** A document that was closed is open again, maybe with another text. */
  reopened(key: string, text: string): void {
    const { current } = this;
    if (current?.document.key !== key || current.isStale) return;
    if (!text.startsWith(current.text)) this.#becomeStale();
  }

  /** Another model reads the text, or other SAEs. */
  sourceChanged(): void {
    if (this.#asking !== undefined) this.#asking.isStale = true;
    this.#becomeStale();
  }

  dispose(): void {
    this.#asking?.abort.abort();
    this.#changed.dispose();
  }

  #becomeStale(): void {
    if (this.#current === undefined || this.#current.isStale) return;
    this.#current = { ...this.#current, isStale: true };
    this.#changed.fire(undefined);
  }
}

/** `undefined` where the text before the place is what it was. */
function movedPlace(
  place: ExplainedPlace,
  changes: readonly TextChange[],
): ExplainedPlace | undefined {
  let moved: ExplainedPlace | undefined;
  for (const change of changes) {
    const { start, end } = moved ?? place;
    if (change.offset >= end) continue;
    moved = {
      ...(start !== undefined && { start: movedOffset(start, change) }),
      end: movedOffset(end, change),
    };
  }
  return moved;
}

function nothingBefore(): MonosemError {
  return new MonosemError(
    'emptyText',
    t(
      'No text precedes this place, so there is no next token to explain: put the cursor behind some.',
    ),
  );
}

function cancelled(): MonosemError {
  return new MonosemError('cancelled', t('The request was cancelled.'));
}

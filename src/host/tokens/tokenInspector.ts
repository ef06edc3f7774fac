// What is computed of single tokens only when somebody asks: details, similar tokens, what a token is without a feature,
// and what the beginning of every text reads as. Kept for the text it was computed for; another text or another model
// makes it void. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type {
  AnalyseParams,
  FeatureRef,
  SaePlace,
  SimilarTokens,
  Source,
  TokenDetails,
  TokenPlace,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { featureKey } from '../../shared/featureRef.ts';
import type { AblationEffect, BosReading } from '../../shared/readingProtocol.ts';
import { charOffset, tokenIndex } from '../../shared/units.ts';
import type { Token } from '../documents/tokenTable.ts';
import { isOf } from '../display/tokens/expected.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { SharedCalls } from './sharedCalls.ts';

/** Documents whose results are kept; those asked about longest ago go first. */
const mostDocuments = 8;
/** Tokens behind an ablated one whose loss is compared, and tokens expected with and without the feature. */
const ablationLimit = 24;
const ablationTop = 6;
const mostSimilar = 100;

/** A text as it was when something is asked about it. */
export interface AskedText {
  /** As the analysis calls it: its URI. */
  readonly document: string;
  /** Counts edits of the document. */
  readonly version: number;
  readonly text: string;
  /** The tokens that are known are those of this very text; otherwise an edit is being analysed. */
  readonly isSettled: boolean;
}

/** What a token is without a feature. */
export interface TokenEffect extends AblationEffect, FeatureRef {}

/** How an analysis asks: what it found is found again. */
export type SimilarQuestion = Pick<
  AnalyseParams,
  'topK' | 'extent' | 'visible' | 'loss' | 'predictions'
> & { readonly sae: SaePlace };

interface Seen {
  readonly version: number;
  readonly details: Map<number, TokenDetails>;
  readonly effects: Map<number, readonly TokenEffect[]>;
  readonly similar: Map<string, SimilarTokens>;
}

export interface InspectorPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
}

export class TokenInspector implements Disposable {
  readonly #ports: InspectorPorts;
  readonly #changed = new Emitter<string | undefined>();
  readonly #calls = new SharedCalls();
  /** In the order of the last question. */
  readonly #seen = new Map<string, Seen>();
  #bos = new Map<number, BosReading | null>();
  #generation = 0;

  constructor(ports: InspectorPorts) {
    this.#ports = ports;
  }

  /** More is known of tokens of a document; of nothing is anything known any more when it names none. */
  readonly onDidChange = this.#changed.event;

  /** What is known of a token of a document in its present version. */
  detailsOf(document: string, version: number, token: Token): TokenDetails | undefined {
    const details = this.#at(document, version)?.details.get(token.index);
    return details !== undefined && isOf(details, token) ? details : undefined;
  }

  /** First asked, first listed. */
  effectsOf(document: string, version: number, token: Token): readonly TokenEffect[] {
    return this.#at(document, version)?.effects.get(token.index) ?? [];
  }

  async details(text: AskedText, token: Token, signal?: AbortSignal): Promise<TokenDetails> {
    const known = this.detailsOf(text.document, text.version, token);
    if (known !== undefined) return known;
    const { engine } = this.#ports;
    const at = placeOf(text, token);
    const found = await this.#ask(['details', text, at], signal, (source, options) =>
      engine.call(
        'tokenDetails',
        { source, document: text.document, text: text.text, at },
        options,
      ),
    );
    this.#keep(text, ({ details }) => details.set(found.token, found));
    return found;
  }

  async similar(
    text: AskedText,
    token: Token,
    question: SimilarQuestion,
    signal?: AbortSignal,
  ): Promise<SimilarTokens> {
    const at = placeOf(text, token);
    const key = JSON.stringify([question, at]);
    const known = this.#at(text.document, text.version)?.similar.get(key);
    if (known !== undefined) return known;
    const asked = { ...question, document: text.document, text: text.text, at, limit: mostSimilar };
    const found = await this.#ask(['similar', text, key], signal, (source, options) =>
      this.#ports.engine.call('similarTokens', { source, ...asked }, options),
    );
    this.#keep(text, ({ similar }) => similar.set(key, found));
    return found;
  }

  /** Takes a feature out of one token. */
  async ablate(
    text: AskedText,
    token: Token,
    { sae, feature }: FeatureRef,
    signal?: AbortSignal,
  ): Promise<TokenEffect> {
    const at = placeOf(text, token);
    const ref = { sae, feature };
    const asked = { ...ref, text: text.text, at, scope: 'here' } as const;
    const limits = { limit: ablationLimit, top: ablationTop };
    const found = await this.#ask(['ablate', text, [ref, at]], signal, (source, options) =>
      this.#ports.engine.call('ablationEffect', { source, ...asked, ...limits }, options),
    );
    const effect = { ...found, ...ref };
    this.#keep(text, ({ effects }) => {
      const others = (effects.get(found.token) ?? []).filter(
        (other) => featureKey(other) !== featureKey(ref),
      );
      effects.set(found.token, [...others, effect]);
    });
    return effect;
  }

  /** What is known of it; `undefined` until it was asked for. */
  bosOf(topK: number): BosReading | null | undefined {
    return this.#bos.get(topK);
  }

  /** The same for every text; `null` where the model puts nothing in front of a text. */
  async bos(topK: number): Promise<BosReading | null> {
    const known = this.#bos.get(topK);
    if (known !== undefined) return known;
    const found = await this.#ask(['bos', undefined, topK], undefined, (source, options) =>
      this.#ports.engine.call('bosReading', { source, topK }, options),
    );
    this.#bos.set(topK, found);
    return found;
  }

  /** Another model is looked through, or other SAEs. */
  clear(): void {
    this.#generation++;
    this.#seen.clear();
    this.#bos = new Map();
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** @param question what is asked, of which text, and how */
  #ask<T>(
    [what, text, how]: readonly [what: string, text: AskedText | undefined, how: unknown],
    signal: AbortSignal | undefined,
    ask: (source: Source, options: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const generation = this.#generation;
    const key = [generation, what, text?.document, text?.version, how];
    return this.#calls.call(
      JSON.stringify(key),
      async (shared) => {
        const found = await ask(await this.#ports.source(), { signal: shared });
        if (generation === this.#generation) return found;
        throw new MonosemError('cancelled', t('Another model was chosen meanwhile.'));
      },
      signal,
    );
  }

  #at(document: string, version: number): Seen | undefined {
    const seen = this.#seen.get(document);
    return seen?.version === version ? seen : undefined;
  }

  /** What comes for an older text than one that was asked about since is of no use to anybody. */
  #keep({ document, version }: AskedText, put: (seen: Seen) => unknown): void {
    const known = this.#seen.get(document);
    if (known !== undefined && known.version > version) return;
    const seen =
      known?.version === version
        ? known
        : { version, details: new Map(), effects: new Map(), similar: new Map() };
    put(seen);
    this.#seen.delete(document);
    this.#seen.set(document, seen);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= mostDocuments) break;
      this.#seen.delete(oldest);
    }
    this.#changed.fire(document);
  }
}

/** The index is that of the text only where no edit waits to be analysed; offsets follow edits. */
function placeOf({ isSettled }: AskedText, { index, start }: Token): TokenPlace {
  return isSettled ? { token: tokenIndex(index) } : { offset: charOffset(start) };
}

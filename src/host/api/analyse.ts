// The API's `analyse`: the features of any text, without a document. Without VS Code.
import type { ModelInUse } from '../source/modelInUse.ts';
import { TokenTable } from '../documents/tokenTable.ts';
import type { Token } from '../documents/tokenTable.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { ShownSae } from '../source/shownSae.ts';
import type { AnalyseParams, Source } from '../../shared/engineProtocol.ts';
import { activeSaes, analysedToken } from './analysedTokens.ts';
import { NamedArguments, readText } from './arguments.ts';
import type { TextAnalysis } from './types.ts';

export interface AnalysePorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
  readonly model: Pick<ModelInUse, 'learn'>;
  readonly shownSae: Pick<ShownSae, 'current'>;
}

const place = 'analyse';

interface Request {
  readonly text: string;
  readonly question: Pick<AnalyseParams, 'topK' | 'loss' | 'predictions'>;
  readonly signal?: AbortSignal;
}

export class TextAnalyser {
  readonly #ports: AnalysePorts;
  /** Names under which the engine remembers a text, in use now: two analyses of one name would disturb each other. */
  readonly #names = new Set<string>();

  constructor(ports: AnalysePorts) {
    this.#ports = ports;
  }

  /** @throws MonosemError `badArgument`, `cancelled`, and what an analysis can throw */
  async analyse(text: unknown, options: unknown): Promise<TextAnalysis> {
    const request = readRequest(text, options);
    const name = this.#freeName();
    this.#names.add(name);
    try {
      return await this.#answer(request, name);
    } finally {
      this.#names.delete(name);
    }
  }

  async #answer({ text, question, signal }: Request, document: string): Promise<TextAnalysis> {
    const { engine, source: currentSource, model, shownSae } = this.#ports;
    const source = await currentSource();
    const known = new TokenTable();
    const params: AnalyseParams = { source, document, text, ...question };
    await engine.call('analyse', params, {
      ...(signal && { signal }),
      onProgress: (batch) => known.insert(batch, 1),
      onRetry: () => known.clear(),
    });
    const tokens = known.all();
    const textOf = await this.#predictedTexts(source, tokens);
    const { saes } = await engine.call('describe', { source });
    void model.learn();
    return {
      saes: activeSaes(saes, shownSae),
      tokens: tokens.map((token) => analysedToken(token, text, textOf)),
    };
  }

  async #predictedTexts(
    source: Source,
    tokens: readonly Token[],
  ): Promise<((id: number) => string) | undefined> {
    const ids = [...new Set(tokens.flatMap(({ prediction }) => [...(prediction?.ids ?? [])]))];
    if (ids.length === 0) return undefined;
    const params = { source, ids: Uint32Array.from(ids) };
    const texts = await this.#ports.engine.call('tokenTexts', params);
    const byId = new Map(ids.map((id, n) => [id, texts[n] ?? '']));
    return (id) => byId.get(id) ?? '';
  }

  /** The first one that is free: what a text has in common with the one before it is not computed again. */
  #freeName(): string {
    for (let n = 0; ; n++) {
      const name = `monosem-api:${n}`;
      if (!this.#names.has(name)) return name;
    }
  }
}

function readRequest(text: unknown, options: unknown): Request {
  const named = new NamedArguments(place, options, ['topK', 'losses', 'predictions', 'signal']);
  const predictions = named.integer('predictions', [0, 20]) ?? 0;
  const signal = named.signal();
  return {
    text: readText(place, 'the text', text),
    question: {
      topK: named.integer('topK', [1, 32]) ?? 5,
      ...(named.flag('losses') === true && { loss: true }),
      ...(predictions > 0 && { predictions }),
    },
    ...(signal && { signal }),
  };
}

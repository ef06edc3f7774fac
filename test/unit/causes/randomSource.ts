// A random decoder with two random SAEs at two sites, and what float64 arithmetic says of it under edits.
import path from 'node:path';
import { logSumExp } from './distributions.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import type { Source, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { bosId, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { describeSae, randomTensors } from '../sae/randomSae.ts';
import { editedReference, type ReferenceSae } from '../steering/editReference.ts';
import { encodeReference } from '../steering/reference.ts';

const [D, F] = [32, 96];
const sites = ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'] as const;

export interface RandomSourceOptions {
  readonly name: string;
  readonly kind: 'gpt2' | 'llama';
  readonly seed: number;
  /** Of the SAEs, first site first. */
  readonly architectures: readonly [SaelensArchitecture, SaelensArchitecture];
}

/** The kinds that property tests run through. */
export const randomSources: readonly RandomSourceOptions[] = [
  {
    name: 'Llama, jumprelu and topk',
    kind: 'llama',
    seed: 71,
    architectures: [{ architecture: 'jumprelu' }, { architecture: 'topk', k: 20 }],
  },
  {
    name: 'GPT-2, standard and jumprelu',
    kind: 'gpt2',
    seed: 72,
    architectures: [{ architecture: 'standard' }, { architecture: 'jumprelu' }],
  },
];

export class RandomSource {
  readonly source: Source;
  readonly #bundle: WrittenBundle;
  readonly #saes: readonly ReferenceSae[];

  private constructor(bundle: WrittenBundle, saes: readonly ReferenceSae[]) {
    this.#bundle = bundle;
    this.#saes = saes;
    this.source = { ...bundle.source, saes: saes.map(({ place }) => place) };
  }

  static async write(
    folder: string,
    { kind, seed, architectures }: RandomSourceOptions,
  ): Promise<RandomSource> {
    const sae = { architecture: 'standard' } as const;
    const bundle = await writeBundle(folder, { decoder: { kind, seed }, sae, seed: seed + 100 });
    const saes: ReferenceSae[] = [];
    for (const [n, activation] of architectures.entries()) {
      const site = sites[n] ?? '';
      const random = { D, F, activation, applyBDecToInput: true, seed: seed + 200 + n, site };
      const tensors = randomTensors(random);
      const place = path.join(folder, `sae${n}`);
      await writeSaelens(place, tensors, { ...describeSae(random), prependBos: true });
      saes.push({ place, site, activation, tensors });
    }
    return new RandomSource(bundle, saes);
  }

  /** [T] activations [F] of the n-th SAE on tokens, BOS in front of them. */
  activations(ids: readonly number[], n: number): Rows {
    const sae = this.#saes[n];
    const rows = referenceForward(this.#bundle.decoder, [bosId, ...ids]).sites.get(sites[n] ?? '');
    if (sae === undefined || rows === undefined) throw new Error(`no SAE ${n}`);
    return rows.slice(1).map((x) => encodeReference(sae.tensors, sae.activation, x));
  }

  /**
   * ln p [1 + T, V] behind BOS and each token.
   * @param promptTokens those of the prompt, without BOS
   */
  logProbabilities(
    ids: readonly number[],
    edits: readonly SteerEdit[],
    promptTokens = ids.length,
  ): Rows {
    const logits = editedReference(edits, this.#saes, {
      decoder: this.#bundle.decoder,
      ids: [bosId, ...ids],
      promptLength: 1 + promptTokens,
      specialIds: new Set([bosId, 1]),
    });
    return logits.map((row) => {
      const total = logSumExp(row);
      return row.map((logit) => logit - total);
    });
  }
}

/** A text of these tokens. */
export const textOf = (ids: readonly number[]): string => ids.map(word).join(' ');

// What a result came from, so that somebody else can have it again: files by their content, versions of what computed it.
// Part of the engine protocol.
import type { SaePlace } from './source.ts';

/** An SAE by what is the same on every machine. */
export interface SaeIdentity {
  /** As the source names it. */
  readonly sae: SaePlace;
  readonly name: string;
  /** TransformerLens name, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** SHA-256 of the file with its weights, lower-case hexadecimal; absent for neurons, which are the model's. */
  readonly sha256?: string;
}

export interface HashedFile {
  /** Relative to the model folder, with `/`; absolute where it lies elsewhere. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Provenance {
  readonly monosem: string;
  readonly protocol: number;
  readonly model: {
    readonly name: string;
    readonly folder: string;
    readonly variant: string;
    /** What makes its results: the graph, its weights, configuration and tokenizer. */
    readonly files: readonly HashedFile[];
  };
  /** In the order of the source. */
  readonly saes: readonly SaeIdentity[];
  readonly environment: {
    readonly onnxruntime: string;
    readonly node: string;
    readonly platform: string;
    readonly architecture: string;
    readonly provider: string;
    /** Why it runs there, as a sentence. */
    readonly providerReason: string;
  };
}

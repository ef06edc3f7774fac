// A model and what reads it, as every call names them, and what there is to know of both.
// Part of the engine protocol.
import type { FeatureIndex, TokenId } from '../units.ts';

/** What a user may ask for; `auto` takes an accelerator that proves right on this machine and no slower than the CPU. */
export const providerSettings = ['auto', 'cpu', 'cuda', 'dml', 'webgpu', 'coreml'] as const;
export type ProviderSetting = (typeof providerSettings)[number];

/** A model folder, which of its .onnx files is meant, and where it is to run. */
export interface ModelChoice {
  /** Absolute folder path. */
  readonly model: string;
  /** Path of the .onnx inside the folder, e.g. `onnx/model_q4.onnx`; chosen by a stated rule when absent. */
  readonly variant?: string;
  /** `auto` when absent. */
  readonly provider?: ProviderSetting;
  /** Which of several devices of that provider; the first when absent. */
  readonly deviceId?: number;
}

/**
 * An SAE as calls name it: the absolute path of its folder, or of its file where one file is the whole SAE. A layer of the
 * model's own neurons is named by its site, `neurons:blocks.3.mlp.hook_post`, and is in everything like an SAE: feature i
 * is neuron i, its activation is the neuron's value. Values may be negative; neurons rank by value, largest first, and
 * one is active where its value is above 0, which is what readings, densities and examples count. Edits act on the value
 * of either sign.
 */
export type SaePlace = string;

/** A model and the SAEs that read it. */
export interface Source extends ModelChoice {
  /** At least one; all are read in one run of the model. */
  readonly saes: readonly SaePlace[];
}

/** A feature of one of the SAEs of a source. */
export interface FeatureRef {
  readonly sae: SaePlace;
  readonly feature: FeatureIndex;
}

/** One .onnx file of a model folder. */
export interface ModelVariant {
  /** Relative to the folder, with `/`. */
  readonly variant: string;
  /** What its name says in words, e.g. `half precision`. */
  readonly description: string;
  /** Size of file and external data. */
  readonly bytes: number;
}

export interface ModelFacts {
  readonly name: string;
  readonly folder: string;
  /** `model_type` of config.json, e.g. `llama`. */
  readonly architecture: string;
  readonly layers: number;
  readonly dModel: number;
  /** The stream in front of the first block and behind each, by TransformerLens name, in the order of the model. */
  readonly streamSites: readonly string[];
  readonly vocabularySize: number;
  /** Longest sequence the model was made for, in tokens, BOS included. */
  readonly contextLength: number;
  /** The .onnx file in use, relative to the folder, e.g. `onnx/model.onnx`. */
  readonly variant: string;
  /** Where it runs, e.g. `cpu`. */
  readonly provider: string;
  /** Why it runs there, as a sentence. */
  readonly providerReason: string;
  /** Quantization scales span the whole batch: rows are not independent and run separately. */
  readonly dynamicallyQuantized: boolean;
  /** It has a template for chats: what it is told can be said as a user. */
  readonly hasChatTemplate: boolean;
  /** Token that marks the beginning of a text; absent for models without one. */
  readonly bosId?: TokenId;
}

export interface SaeFacts {
  /** As the source names it. */
  readonly sae: SaePlace;
  readonly name: string;
  /** TransformerLens name, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** What its format calls the kind of SAE it is; `neurons` for neurons of the model. */
  readonly architecture: string;
  readonly features: number;
  /** A feature store (examples, densities) exists for it. */
  readonly hasFeatureStore: boolean;
}

export interface SourceFacts {
  readonly model: ModelFacts;
  /** In the order of the source. */
  readonly saes: readonly SaeFacts[];
}

// Well-known models and the SAEs that were published for them, as the registry of SAELens and the pages of the
// repositories name them. Names only: what is behind them is checked when it is downloaded.
import catalogueFile from './catalogue.json' with { type: 'json' };

export interface KnownModel {
  readonly id: string;
  readonly name: string;
  /** Repository of the weights the SAEs were trained on. */
  readonly original: string;
  /** Repository that holds them as ONNX, where one is known. */
  readonly onnx?: string;
}

export interface KnownSae {
  readonly id: string;
  readonly name: string;
  /** `id` of the model. */
  readonly model: string;
  readonly repo: string;
  readonly path: string;
}

export const catalogue: {
  readonly models: readonly KnownModel[];
  readonly saes: readonly KnownSae[];
} = catalogueFile;

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
  /** Where none is known: what makes such a folder, in a terminal with Python and optimum. */
  readonly exportCommand?: string;
}

export interface KnownSae {
  readonly id: string;
  readonly name: string;
  /** `id` of the model. */
  readonly model: string;
  readonly repo: string;
  readonly path: string;
  /** How paths of the repository are made: `{layer}` and other words in braces differ from SAE to SAE. */
  readonly scheme: string;
}

export const catalogue: {
  readonly models: readonly KnownModel[];
  readonly saes: readonly KnownSae[];
} = {
  models: (catalogueFile.models as readonly KnownModel[]).map((model) =>
    model.onnx === undefined ? { ...model, exportCommand: exportCommand(model.original) } : model,
  ),
  saes: catalogueFile.saes,
};

function exportCommand(original: string): string {
  const folder = original.slice(original.indexOf('/') + 1);
  return `optimum-cli export onnx --model ${original} --task text-generation-with-past ${folder}`;
}

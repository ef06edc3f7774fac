// What a repository of the hub offers, told from its list of files before anything is downloaded: for lists in which
// people choose.

/** A decoder that could be downloaded. */
export interface OfferedVariant {
  /** Inside the repository, with `/`. */
  readonly variant: string;
  /** Of its precision, e.g. `4-bit`. */
  readonly description: string;
  /** With the weight files that are named after it; what else it names, only the file itself tells. */
  readonly bytes: number;
}

export interface ModelOffer {
  readonly repo: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** The one that is taken when none is named first; none where the repository is no ONNX export. */
  readonly variants: readonly OfferedVariant[];
  /** Files without which the model does not open and that are not there, e.g. `tokenizer.json`. */
  readonly missing: readonly string[];
}

/** An SAE that could be downloaded. */
export interface OfferedSae {
  /** Folder or PyTorch file inside the repository, with `/`; empty where the repository itself is the SAE. */
  readonly path: string;
  /** As far as its name tells; its files tell for certain. */
  readonly layer?: number;
  /** TransformerLens name, as far as the name tells, e.g. `blocks.7.hook_resid_pre`. */
  readonly site?: string;
  readonly bytes: number;
}

export interface SaeOffer {
  readonly repo: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** By layer, then by name. */
  readonly saes: readonly OfferedSae[];
}

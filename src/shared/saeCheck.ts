// Whether an SAE reads the model it is used with as it was trained to: what was measured, what else was tried, and what
// follows in one sentence. Also what its files say of it.

/** Figures of one way of reading, over the tokens of a text. */
export interface SaeFigures {
  readonly tokens: number;
  /** Σ‖x − x̂‖² ÷ Σ‖x − x̄‖²: 0 is perfect, 1 is no better than the mean. */
  readonly fvu: number;
  /** Mean number of active features per token. */
  readonly l0: number;
  /** Share of features that were active on no token of the text; large for every SAE on a short text. */
  readonly deadShare: number;
  /** Mean cos(x, x̂). */
  readonly cosine: number;
}

/** What a trial changes of what the SAE's files say; `nothing` is the SAE as it is configured. */
export type SaeTrialKind =
  | 'nothing'
  | 'site'
  | 'swappedSites'
  | 'bos'
  | 'centring'
  | 'normalisation'
  | 'decoderBias'
  | 'orientation';

export interface SaeTrial {
  readonly changes: SaeTrialKind;
  /** What it changes as well, where one change did not help. */
  readonly changesAlso?: SaeTrialKind;
  /** How it reads, in words that follow a figure: `at blocks.2.hook_resid_post`, `without BOS`. */
  readonly how: string;
  readonly figures: SaeFigures;
}

export interface SaeCheck {
  readonly name: string;
  readonly folder: string;
  readonly site: string;
  /** Active features per token that its files promise, where they do. */
  readonly expectedL0?: number;
  /** It is used as it was made to be. */
  readonly passes: boolean;
  /** One sentence: the figures, and where they are off the suspected cause. */
  readonly verdict: string;
  /** Sentences about what the files say and this model overrules. */
  readonly remarks: readonly string[];
  /** As configured first, then everything that was tried; none for neurons, which reconstruct their site exactly. */
  readonly trials: readonly SaeTrial[];
}

/** What the files of an SAE say, brought to one form. */
export interface SaeInfo {
  readonly name: string;
  readonly folder: string;
  readonly weightsFile: string;
  readonly format: string;
  readonly architecture: string;
  readonly modelName?: string;
  readonly site: string;
  readonly outputSite: string;
  /** Width of what it reads, of what it writes, and number of features. */
  readonly D: number;
  readonly DOut: number;
  readonly F: number;
  /** E.g. `jumprelu`, `topk with k = 32`. */
  readonly activation: string;
  /** E.g. `none`, `layer norm`. */
  readonly inputNormalisation: string;
  readonly centred: boolean;
  readonly bDecSubtracted: boolean;
  readonly rescaledByDecoderNorm: boolean;
  readonly hasSkip: boolean;
  /** `tokenizer`: the files do not say, and in training the model's tokenizer decided. */
  readonly prependsBos: boolean | 'tokenizer';
  readonly contextSize?: number;
  /** Element types of W_enc and W_dec as stored; none for neurons, which have neither. */
  readonly weightTypes: readonly string[];
}

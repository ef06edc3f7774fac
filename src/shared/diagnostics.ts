// What the engine says about the machine it runs on and about how a model was opened: which execution providers were
// tried and why one was taken, whether the instrumented model still computes what the plain one does, how long it
// took. Shown by "Show Diagnostics" and `monosem diagnose`.

/** Execution provider that was considered, in the order of trying. */
export interface ProviderAttempt {
  readonly provider: string;
  /** `missing`: not part of this onnxruntime or its libraries are absent; `failed`: it ran and was wrong or broke. */
  readonly outcome: 'chosen' | 'works' | 'failed' | 'missing';
  /** One sentence: what was verified, or what went wrong. */
  readonly reason: string;
  /** Time the verification took. */
  readonly milliseconds?: number;
}

export interface ProviderReport {
  readonly provider: string;
  readonly deviceId?: number;
  /** Why it runs there, one sentence. */
  readonly reason: string;
  readonly attempts: readonly ProviderAttempt[];
}

/** One forward pass through the untouched file and through the overlay without an edit. */
export interface SelfTest {
  /** Logits equal bit for bit. */
  readonly isEqual: boolean;
  /** Largest absolute difference of a logit; 0 when equal. */
  readonly maxDifference: number;
  readonly tokens: number;
  /** One sentence for people: what was compared and what follows. */
  readonly summary: string;
}

/** One step of opening a model, e.g. `read graph`, `find sites`, `open session`, `self-test`. */
export interface Timing {
  readonly step: string;
  readonly milliseconds: number;
}

export interface ModelDiagnostics {
  readonly name: string;
  readonly folder: string;
  /** The .onnx in use and the others in the folder, relative to it, in order of preference. */
  readonly variant: string;
  readonly variants: readonly string[];
  /** Why this one. */
  readonly variantReason: string;
  readonly architecture: string;
  readonly layers: number;
  readonly dModel: number;
  readonly blocks: 'sequential' | 'parallel';
  readonly sites: number;
  readonly kvCache: boolean;
  readonly dynamicallyQuantized: boolean;
  /** Element types of the stored weights with their sizes in bytes, e.g. `float16`. */
  readonly weights: readonly { readonly type: string; readonly bytes: number }[];
  /** Program that exported the file, as it says itself. */
  readonly producer: string;
  /** By domain, e.g. `ai.onnx` 17. */
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly execution: ProviderReport;
  readonly selfTest: SelfTest;
  readonly timings: readonly Timing[];
}

export interface Diagnostics {
  /** Operating system, architecture, Node, processor, memory, as lines `name: value`. */
  readonly platform: readonly { readonly name: string; readonly value: string }[];
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  readonly providers: readonly { readonly name: string; readonly isBundled: boolean }[];
  readonly model?: ModelDiagnostics;
  /** Why `model` is absent although one was asked for. */
  readonly failure?: string;
}

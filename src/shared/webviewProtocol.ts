// What the extension host and its webviews say to each other: one transport (postMessage), plain messages, two
// unions per view. A message to a view is a complete snapshot or belongs to a numbered run, so a view that was
// hidden can always catch up. Messages from a view are untrusted and validated before use.
import type {
  AlignedRun,
  Continuation,
  ContinuationEffect,
  FeatureBrief,
  FeatureEdit,
  FeatureRef,
  FeatureSummary,
  GeneratedPair,
  GenerationParams,
  NamedDirection,
  NamedDirectionEdit,
  NamedEdit,
  SaePlace,
  SteerStep,
  SweepResult,
} from './engineProtocol.ts';
import type { PaletteName } from './palette.ts';
import type { FeatureIndex } from './units.ts';

/** To every view, before anything else and whenever it changes: the colours that features have. */
export interface PaletteMessage {
  readonly kind: 'palette';
  readonly palette: PaletteName;
}

// Feature view: the side panel with the top-activating examples of one feature.

export interface FeatureViewState {
  readonly kind: 'feature';
  readonly sae: SaePlace;
  /** What its SAE is called beside the other active ones; absent where it is the only one. */
  readonly saeLabel?: string;
  readonly summary: FeatureSummary;
  readonly saeName: string;
  readonly site: string;
}

export type ToFeatureView =
  /** Nothing chosen yet; `hint` says how to choose. */
  | { readonly kind: 'empty'; readonly hint: string }
  | ({ readonly kind: 'loading' } & FeatureRef)
  | FeatureViewState
  /** Of the feature that was looked for in vain. */
  | ({ readonly kind: 'failed'; readonly message: string } & FeatureRef);

export type FromFeatureView =
  | { readonly kind: 'ready' }
  /** Without `sae` a feature of the one that is painted in the editor. */
  | { readonly kind: 'openFeature'; readonly feature: FeatureIndex; readonly sae?: SaePlace }
  | ({ readonly kind: 'steerFeature' } & FeatureRef);

// Steering view: baseline beside steered.

/** How a run generates; what is absent changes nothing. */
export interface SteerSettings extends Omit<GenerationParams, 'prompt'> {
  /** Pairs of texts; see `SteerParams`. */
  readonly samples?: number;
}

/** A feature offered for editing: where it comes from and what is known of it. */
export interface SteerFeature {
  readonly sae: SaePlace;
  readonly brief: FeatureBrief;
  /** The feature store knows it; else `brief` says what the prompt tells. */
  readonly inStore: boolean;
  /** Largest activation in the prompt; 0 if it is not active there. */
  readonly promptMax: number;
  readonly edit?: FeatureEdit;
}

/** A direction of one's own, to edit along. */
export interface SteerDirection extends NamedDirection {
  /** ‖v‖ */
  readonly norm: number;
  /** Mean length of the stream at the site over the tokens of both texts, where it was made of texts. */
  readonly streamNorm?: number;
  readonly edit?: NamedDirectionEdit;
}

/** An SAE whose features can be edited. */
export interface SteerSae {
  readonly sae: SaePlace;
  readonly name: string;
  readonly site: string;
  /** Number of its features. */
  readonly features: number;
}

export interface SteerViewState {
  readonly kind: 'state';
  readonly prompt: string;
  readonly modelName: string;
  /** The active SAEs; at least one. */
  readonly saes: readonly SteerSae[];
  /** Edited ones first, then by activation in the prompt. */
  readonly features: readonly SteerFeature[];
  /** Names differ. */
  readonly directions: readonly SteerDirection[];
  /** Where directions can be: sites of the stream in the order of the model, and the one to begin with. */
  readonly streamSites: { readonly names: readonly string[]; readonly suggested: string };
  readonly settings: SteerSettings;
  /** Changes run by themselves. */
  readonly isLive: boolean;
  /** The model can be told something as a user of a chat. */
  readonly hasChatTemplate: boolean;
  /** The prompt came from an editor that is still open, so results can be inserted. */
  readonly canInsert: boolean;
  /** It was selected there, so results can take its place. */
  readonly canReplace: boolean;
  /** Edits and settings were chosen elsewhere, such as a preset: they take the place of what the user has arranged. */
  readonly isChosen?: true;
}

/** What a run is asked for. */
export interface SteerRequest {
  readonly prompt: string;
  readonly edits: readonly NamedEdit[];
  readonly settings: SteerSettings;
}

/** Which continuation is judged, and under which edits. */
export interface LikelihoodRequest extends Pick<SteerRequest, 'prompt' | 'edits'> {
  /** Not empty. */
  readonly continuation: string;
  /** See `ContinuationEffectParams`. */
  readonly chat?: boolean;
}

/** Both texts of a sample when they are done. */
export interface FinishedPair {
  readonly baseline: Continuation;
  readonly steered: Continuation;
  /** What both texts have, and what only one has. */
  readonly aligned?: readonly AlignedRun[];
}

/** What a run has written, without the prompt in front of it. */
export interface SteeredTexts {
  readonly prompt: string;
  readonly baseline: string;
  readonly steered: string;
}

export type ToSteerView =
  | { readonly kind: 'loading'; readonly message: string }
  | SteerViewState
  | { readonly kind: 'started'; readonly run: number }
  | { readonly kind: 'step'; readonly run: number; readonly step: SteerStep }
  | {
      readonly kind: 'finished';
      readonly run: number;
      readonly samples: readonly FinishedPair[];
    }
  | { readonly kind: 'stopped'; readonly run: number }
  | {
      readonly kind: 'sweepProgress';
      readonly sweep: number;
      readonly done: number;
      readonly of: number;
    }
  | { readonly kind: 'sweepFinished'; readonly sweep: number; readonly result: SweepResult }
  | { readonly kind: 'sweepStopped'; readonly sweep: number }
  | { readonly kind: 'sweepFailed'; readonly sweep: number; readonly message: string }
  | {
      readonly kind: 'likelihoodMeasured';
      readonly measurement: number;
      readonly effect: ContinuationEffect;
    }
  | { readonly kind: 'likelihoodStopped'; readonly measurement: number }
  | { readonly kind: 'likelihoodFailed'; readonly measurement: number; readonly message: string }
  /** A feature was found, to be added to the list. */
  | ({ readonly kind: 'found' } & FeatureRef)
  /** The user wants to sweep the edit at hand. */
  | { readonly kind: 'askSweep' }
  /** Opens the form for a direction and fills in what is given. */
  | { readonly kind: 'fillDirection'; readonly more?: string; readonly less?: string }
  /** A state that lists it came before. */
  | { readonly kind: 'directionMade'; readonly name: string }
  /** An empty message: nothing happened, because the user chose nothing. */
  | { readonly kind: 'directionFailed'; readonly message: string }
  /** `run` is absent when the failure is not of a run. */
  | { readonly kind: 'failed'; readonly run?: number; readonly message: string };

export type FromSteerView =
  | { readonly kind: 'ready' }
  | ({
      readonly kind: 'run';
      /** A number of the view's own, by which it knows what belongs to this run. */
      readonly run: number;
      /** Goes on behind these texts, one pair per sample. */
      readonly continuing?: readonly GeneratedPair[];
    } & SteerRequest)
  | { readonly kind: 'stop' }
  | ({
      readonly kind: 'sweep';
      /** A number of the view's own, as that of a run. */
      readonly sweep: number;
      /** Which of the edits takes the amounts, from 0. */
      readonly swept: number;
      readonly amounts: readonly number[];
    } & SteerRequest)
  | { readonly kind: 'stopSweep' }
  | ({
      readonly kind: 'measureLikelihood';
      /** A number of the view's own, as that of a run. */
      readonly measurement: number;
    } & LikelihoodRequest)
  | { readonly kind: 'stopLikelihood' }
  /** Lets the user search all features for one to add. */
  | { readonly kind: 'findFeature' }
  /** Adds a feature by id to the list. */
  | ({ readonly kind: 'addFeature' } & FeatureRef)
  | ({ readonly kind: 'openFeature' } & FeatureRef)
  /** Makes a direction of two texts; answered with `directionMade` or `directionFailed`. */
  | {
      readonly kind: 'makeDirection';
      readonly site: string;
      readonly more: string;
      readonly less: string;
    }
  /** Asks for what is selected in the editor; answered with `fillDirection`, or `directionFailed` where nothing is. */
  | { readonly kind: 'takeSelection'; readonly as: 'more' | 'less' }
  /** Lets the user choose a .safetensors file to read a direction from; answered as `makeDirection` is. */
  | { readonly kind: 'openDirectionFile'; readonly site: string }
  /** Whether changes run by themselves, to be remembered. */
  | { readonly kind: 'setLive'; readonly isLive: boolean }
  | { readonly kind: 'insert'; readonly text: string }
  /** In the place of what was selected. */
  | { readonly kind: 'replace'; readonly text: string }
  /** Both continuations of one prompt, to be read side by side in an editor. */
  | ({ readonly kind: 'compare' } & SteeredTexts)
  /** The same in a diff editor, without their features. */
  | ({ readonly kind: 'diff' } & SteeredTexts);

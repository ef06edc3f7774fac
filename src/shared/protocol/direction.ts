// Directions of one's own: made of two texts, or kept in a file. Part of the engine protocol.
import type { ModelChoice } from './source.ts';

/** How a direction of one's own is had, as often as it is wanted. */
export type DirectionOrigin =
  /**
   * The mean of the site over the tokens of `more` minus the mean over those of `less`, BOS excluded: the difference of
   * means of Marks & Tegmark 2023 ("The Geometry of Truth"), added to the stream as by Turner et al. 2023 ("Activation
   * Addition", who subtract token by token instead of means).
   */
  | { readonly more: string; readonly less: string }
  /** A tensor [D] or [1, D] of a safetensors file; without a name the only one, or the one called `direction`. */
  | { readonly file: string; readonly tensor?: string };

/** A direction under a name, without its numbers: what is kept and shared. */
export interface NamedDirection {
  /** For edits and people; letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** TransformerLens name of the place it is for, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  readonly origin: DirectionOrigin;
}

export interface DirectionParams {
  readonly model: ModelChoice;
  /** TransformerLens name of the place, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  readonly origin: DirectionOrigin;
}

/** A direction, and what there is to choose an amount by. */
export interface DirectionNumbers {
  /** [D], finite, not all 0. */
  readonly direction: Float32Array;
  /** Length of the direction. */
  readonly norm: number;
  /** Where it was made of texts. */
  readonly texts?: DirectionTexts;
}

/** What was read to make a direction of two texts. */
export interface DirectionTexts {
  /** Mean length of the site's values over the tokens of both texts: what `norm` amounts are fractions of. */
  readonly streamNorm: number;
  readonly moreTokens: number;
  readonly lessTokens: number;
}

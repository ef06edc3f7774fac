// What steering does, where and by how much: an edit names what it changes, the operation with its amount and unit, and
// the tokens it touches. Nothing is left to a default that a reader would have to guess.
// Part of the engine protocol.
import type { FeatureRef } from './source.ts';

/** The prompt (BOS included), what is generated, or both. Of a given continuation, its tokens count as generated. */
export type SteerScope = 'all' | 'prompt' | 'generated';

/** Positions [from, to) of the sequence as the model reads it: BOS, where there is one, has position 0. */
export interface PositionRange {
  readonly from: number;
  /** To the end when absent. */
  readonly to?: number;
}

/** Which tokens an edit touches: those that satisfy everything that is given. */
export interface EditPositions {
  /** `all` when absent. */
  readonly scope?: SteerScope;
  /** In any of them. */
  readonly ranges?: readonly PositionRange[];
  /** Not on special tokens: BOS, EOS and the marks of a chat template. */
  readonly skipSpecial?: boolean;
}

interface EditPlace {
  /** Everywhere when absent. */
  readonly positions?: EditPositions;
  /**
   * Only on tokens where this feature is active (f > 0), as its SAE reads it: under the edits that come before that SAE, and
   * before its own.
   */
  readonly onlyWhile?: FeatureRef;
}

/**
 * What is done along one direction v of the stream, ‖v‖ > 0, v̂ = v ÷ ‖v‖, whatever the unit of v:
 * `project` y + (amount − 1)(y · v̂) v̂, so that 0 removes the direction and 1 changes nothing;
 * `cap` y + (min(y · v̂, amount) − y · v̂) v̂.
 * (ORTHOGONAL_DECOMP and PROJECTION_CAP of Neuronpedia's endpoints/steer/completion.py.)
 */
interface AlongDirection {
  readonly operation: 'project' | 'cap';
  readonly amount: number;
}

/**
 * What becomes of a feature's activation f; the stream moves by (f′ − f) W_dec, and the SAE's error x − SAE(x) stays.
 * `scale` multiplies f by the amount. Units of amounts:
 * `activation`, when absent; `max`, multiples of the largest activation that the feature store knows;
 * `residual`, of ‖y‖ along the unit vector of the feature's decoder row.
 */
type FeatureOperation =
  | { readonly operation: 'ablate' }
  | { readonly operation: 'scale'; readonly amount: number }
  | {
      readonly operation: 'clamp';
      readonly amount: number;
      readonly unit?: 'activation' | 'max';
    }
  | {
      readonly operation: 'add';
      readonly amount: number;
      readonly unit?: 'activation' | 'max' | 'residual';
    }
  /** Along the feature's decoder row. */
  | AlongDirection;

/** One change to one feature of an SAE, or to one neuron. */
export type FeatureEdit = FeatureRef &
  EditPlace &
  FeatureOperation & {
    /** Only on tokens where the feature itself is active (f > 0) before the edits of its SAE. */
    readonly onlyActive?: boolean;
    /**
     * The stream becomes SAE(x) before the edit, on the tokens where the edit applies, conditions included: the SAE's error
     * is dropped there.
     */
    readonly dropsError?: boolean;
  };

/** One change along a direction of one's own. */
export type DirectionEdit = EditPlace & {
  /** TransformerLens name of the place, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** [D] v, not all 0. */
  readonly direction: Float32Array;
  /** For people. */
  readonly name?: string;
} & (
    | {
        /** y + amount · v, or y + amount · ‖y‖ · v̂. */
        readonly operation: 'add';
        readonly amount: number;
        readonly unit?: 'direction' | 'residual';
      }
    | AlongDirection
  );

/**
 * At one site the edits of SAEs come first, SAE after SAE in the order of the source, all of one SAE at once; then
 * everything along directions, in the order given. Sites follow each other as the model computes them.
 *
 * Several edits of one feature happen one after the other, in the order given: on each token, f of an edit is what those
 * before it that apply there have left. So `clamp` 3 and then `add` 1 give 4 where both apply, and f + 1 where the
 * second one alone does. Conditions ask for the activation that was read, whatever earlier edits made of it.
 */
export type SteerEdit = FeatureEdit | DirectionEdit;

/** Of every member of a union. */
type WithoutNumbers<Edit> = Edit extends unknown ? Omit<Edit, 'direction'> : never;

/** An edit along a direction that goes by its name; who runs it finds the numbers. */
export type NamedDirectionEdit = WithoutNumbers<DirectionEdit> & { readonly name: string };

/** An edit without numbers of directions, as it is kept and shown. */
export type NamedEdit = FeatureEdit | NamedDirectionEdit;

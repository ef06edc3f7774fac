// What an edit means, as numbers: every operation on a feature's activation f is f' = gain · f + bias, and the
// residual stream moves by (f' − f) · W_dec. The SAE's error term is untouched by construction (Templeton et al.
// 2024, "Scaling Monosemanticity", methods: x' = SAE(x)' + error).
import { MonosemError } from '../../shared/errors.ts';
import type { FeatureEdit, SteerScope } from '../../shared/engineProtocol.ts';
import type { FeatureIndex } from '../../shared/units.ts';

/** f' = gain · f + bias. */
export interface Transform {
  readonly gain: number;
  readonly bias: number;
}

const identity: Transform = { gain: 1, bias: 0 };

function transformOf(edit: FeatureEdit): Transform {
  switch (edit.operation) {
    case 'ablate':
      return { gain: 0, bias: 0 };
    case 'scale':
      return { gain: edit.amount, bias: 0 };
    case 'clamp':
      return { gain: 0, bias: edit.amount };
    case 'add':
      return { gain: 1, bias: edit.amount };
  }
}

/** `first`, then `second`. */
function compose(first: Transform, second: Transform): Transform {
  return { gain: second.gain * first.gain, bias: second.gain * first.bias + second.bias };
}

/**
 * One transform per edited feature of one SAE; several edits of one feature apply in the order given.
 * @param edits of that SAE
 * @throws MonosemError `badEdit`, naming the feature
 */
export function transformsOf(edits: readonly FeatureEdit[]): Map<FeatureIndex, Transform> {
  const transforms = new Map<FeatureIndex, Transform>();
  for (const edit of edits) {
    if (edit.operation !== 'ablate' && !Number.isFinite(edit.amount)) {
      throw new MonosemError(
        'badEdit',
        `The amount of "${edit.operation}" on feature ${edit.feature} is not a finite number; give one such as 2.5.`,
      );
    }
    transforms.set(
      edit.feature,
      compose(transforms.get(edit.feature) ?? identity, transformOf(edit)),
    );
  }
  return transforms;
}

/** Does an edit with this scope touch a token of the prompt (BOS included), or a generated one? */
export function scopeTouches(scope: SteerScope, place: 'prompt' | 'generated'): boolean {
  return scope === 'all' || scope === place;
}

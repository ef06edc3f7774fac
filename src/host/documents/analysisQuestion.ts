// What is asked of a document: by the settings, the view and, where single features are followed, by these. Without
// VS Code.
import { settings } from '../../shared/contributions.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { sameFeature } from '../../shared/featureRef.ts';
import { followedFeatures } from '../display/painting/paintView.ts';
import type { View } from '../view/view.ts';

export interface AnalysisQuestion {
  readonly topK: number;
  readonly maxFileKB: number;
  /** Tokens predicted in the place of each token, with its loss; 0: neither. */
  readonly predictions: number;
  /** Features that are wanted wherever they are active, however weak. */
  readonly followed: readonly FeatureRef[];
}

/** Settings by their names. */
export interface QuestionSettings {
  readonly topK: number;
  readonly maxFileKB: number;
  readonly predictions: boolean;
}

/** Tokens predicted in the place of each token, where predictions are wanted. */
const predicted = 5;
/** Features kept where single ones are followed: with most of them, following another one needs no run of the model. */
const [, mostFeatures] = settings.topK.range;

export function questionOf(
  view: View,
  { topK, maxFileKB, predictions }: QuestionSettings,
  pinned: readonly FeatureRef[],
): AnalysisQuestion {
  const follows = view.kind === 'feature' || view.kind === 'pinned';
  return {
    topK: follows ? mostFeatures : topK,
    maxFileKB,
    predictions: view.kind === 'surprise' || predictions ? predicted : 0,
    followed: followedFeatures(view, pinned).map(({ sae, feature }) => ({ sae, feature })),
  };
}

/** Do answers to one question leave something open that another one asks for? */
export function asksMore(question: AnalysisQuestion, answered: AnalysisQuestion): boolean {
  return (
    question.predictions > answered.predictions ||
    question.topK > answered.topK ||
    question.followed.some(
      (feature) => !answered.followed.some((known) => sameFeature(known, feature)),
    )
  );
}

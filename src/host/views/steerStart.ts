// What a steering session starts from, and what is known of it from outside. Without VS Code.
import type {
  FeatureEdit,
  FeatureRef,
  NamedDirection,
  NamedEdit,
  Source,
  SteerParams,
  SteerResult,
} from '../../shared/engineProtocol.ts';
import { sameFeature } from '../../shared/featureRef.ts';
import type { SteerSettings } from '../../shared/webviewProtocol.ts';

export const defaultSteerSettings: SteerSettings = {
  maxTokens: 60,
  temperature: 0,
  seed: 1,
};

/** What a session starts from, and what is remembered of it. */
export interface SteerStart {
  readonly prompt: string;
  /** Features put on the list from outside, e.g. from a hover. */
  readonly features: readonly FeatureRef[];
  /** Names differ, whatever their capitals. */
  readonly directions: readonly NamedDirection[];
  readonly edits: readonly NamedEdit[];
  readonly settings: SteerSettings;
}

/** On another prompt, with what was arranged on the present one; edits of the same features take the place of earlier ones. */
export function startOn(
  { prompt, features, edits }: Pick<SteerStart, 'prompt' | 'features'> & { readonly edits: readonly FeatureEdit[] }, // prettier-ignore
  present: SteerStart | undefined,
): SteerStart {
  const { directions = [], settings = defaultSteerSettings, edits: made = [] } = present ?? {};
  const others = made.filter(
    (edit) => !('feature' in edit && edits.some((each) => sameFeature(each, edit))),
  );
  return { prompt, features, directions, edits: [...others, ...edits], settings };
}

/** A run that came to its end. */
export interface FinishedRun {
  /** With the numbers of directions. */
  readonly params: SteerParams;
  readonly result: SteerResult;
  /** Where those that its edits are along come from. */
  readonly directions: readonly NamedDirection[];
}

/** What a session is about, and the last run that came to its end. */
export interface SteerSnapshot {
  readonly start: SteerStart;
  readonly lastRun?: FinishedRun;
}

/** What the engine is asked to do, with the edits as they are given. */
export function steerParams<Edit>(
  { prompt, edits, settings }: Pick<SteerStart, 'prompt' | 'settings'> & { readonly edits: readonly Edit[] }, // prettier-ignore
  source: Source,
): Omit<SteerParams, 'edits'> & { readonly edits: readonly Edit[] } {
  return { source, prompt, edits, ...settings };
}

// Why there are no features of a file to list, as one word for the welcome texts of the manifest, or as a sentence where
// the reason is one of its own. Without VS Code.
import { t } from '../../../shared/l10n.ts';
import type { AnalysisState } from '../../documents/documentAnalysis.ts';

/** States that a welcome text of the manifest explains. */
export const welcomeStates = [
  'noFile',
  'off',
  'noSae',
  'analysing',
  'noLosses',
  'noDensities',
] as const;

/** `list`: there is one; `reason`: there is none, and a sentence says why. */
export type FileFeaturesState = (typeof welcomeStates)[number] | 'list' | 'reason';

export interface FileSituation {
  readonly isOn: boolean;
  readonly hasFile: boolean;
  readonly analysis: AnalysisState | undefined;
  /** Tokens that have results. */
  readonly tokens: number;
}

export interface EmptyReason {
  readonly state: FileFeaturesState;
  /** Shown in the place of a list; with `reason` alone. */
  readonly sentence?: string;
}

/** @returns `undefined` where there are features to list */
export function whyNoFeatures(situation: FileSituation): EmptyReason | undefined {
  const { isOn, hasFile, analysis, tokens } = situation;
  if (!isOn) return { state: 'off' };
  if (!hasFile) return { state: 'noFile' };
  if (tokens > 0) return undefined;
  return aboutAnalysis(analysis);
}

function aboutAnalysis(analysis: AnalysisState | undefined): EmptyReason {
  switch (analysis?.kind) {
    case undefined:
    case 'idle':
      return { state: 'reason', sentence: t('This file is not analysed.') };
    case 'stopped':
      return {
        state: 'reason',
        sentence: t('The analysis was stopped; edit the file or show features again to go on.'),
      };
    case 'waiting':
    case 'analysing':
      return { state: 'analysing' };
    case 'ready':
      return { state: 'reason', sentence: t('This file has no tokens.') };
    case 'skipped':
      if (analysis.reason.code === 'noSae') return { state: 'noSae' };
      return { state: 'reason', sentence: analysis.reason.message };
    case 'failed':
      return { state: 'reason', sentence: analysis.reason.message };
  }
}

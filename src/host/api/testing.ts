// What the suite and the benchmarks see of Monosem beyond the public API. Not for other extensions: it may change with
// every version.
import type * as vscode from 'vscode';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import type { Ranking } from '../display/features/featureRankings.ts';
import type { SaeOutcome } from '../source/saeChecks.ts';
import type { RankedFeature } from '../trees/rankFile.ts';

/** A painted stretch of text. */
export interface PaintedRange {
  /** What its colour stands for: a feature, further pinned features, how unexpected a token is, how its loss changes without a feature, or where it ends. */
  readonly kind: 'feature' | 'otherPins' | 'surprise' | 'harder' | 'easier' | 'boundary';
  readonly range: vscode.Range;
  /** Where the colour is that of a feature. */
  readonly sae?: string;
  readonly feature?: number;
  /** 0 (faint) … 3 (strong); of boundaries 0 and 1 take turns. */
  readonly level: number;
  /** Id of the theme colour it has. */
  readonly colour: string;
}

export interface TestingApi {
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
  /** What is painted in the visible editors of a document, one after the other, each in text order. */
  paintedIn(uri: vscode.Uri): readonly PaintedRange[];
  /** Whether the active SAEs read the model as they were trained to; checks those that have not been checked yet. */
  checkSaes(): Promise<readonly SaeOutcome[]>;
  /** Features of a document as far as it is analysed; losses and densities that are not known leave features out. */
  rankedFeatures(uri: vscode.Uri, ranking: Ranking): Promise<readonly RankedFeature[]>;
  /** In the order in which they were pinned. */
  pinnedFeatures(): readonly FeatureRef[];
  /** Those that were opened, last one first. */
  recentFeatures(): readonly FeatureRef[];
  /** Process id of the running engine. */
  enginePid(): number | undefined;
}

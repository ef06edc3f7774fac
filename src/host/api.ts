// What `activate` returns: how other extensions and the test suite see what Monosem knows of a document. Plain data;
// it changes nothing.
import * as vscode from 'vscode';
import type { AnalysisState } from './documents/documentAnalysis.ts';
import type { TokenReading } from './documents/tokenTable.ts';
import type { ModelPlace } from './modelInUse.ts';
import type { SaeOutcome } from './saeChecks.ts';
import type { Services } from './services.ts';

export interface AnalysedToken {
  readonly text: string;
  readonly id: number;
  /** UTF-16 offsets in the document's present text. */
  readonly start: number;
  readonly end: number;
  /** SAE after SAE in the order of the setting, each one's strongest first; only active ones. */
  readonly features: readonly ActiveHere[];
}

/** A feature that is active on a token. */
export interface ActiveHere {
  /** Folder of the SAE it belongs to. */
  readonly sae: string;
  readonly feature: number;
  readonly activation: number;
}

/** An active SAE. */
export interface ActiveSae {
  readonly sae: string;
  readonly name: string;
  readonly site: string;
  /** Its features are those that are painted. */
  readonly isPainted: boolean;
}

/** A painted stretch of text. */
export interface PaintedRange {
  /** What its colour stands for: a feature, further pinned features, how unexpected a token is, or where it ends. */
  readonly kind: 'feature' | 'otherPins' | 'surprise' | 'boundary';
  readonly range: vscode.Range;
  /** Where the colour is that of a feature. */
  readonly sae?: string;
  readonly feature?: number;
  /** 0 (faint) … 3 (strong); of boundaries 0 and 1 take turns. */
  readonly level: number;
  /** Id of the theme colour it has. */
  readonly colour: string;
}

export interface MonosemApi {
  readonly version: 1;
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
  /** `undefined` for a document that has not been looked at. */
  stateOf(uri: vscode.Uri): AnalysisState | undefined;
  /** Resolves when the analysis of the document's present text is over; at once if there is none. */
  whenIdle(uri: vscode.Uri): Promise<AnalysisState | undefined>;
  tokensOf(uri: vscode.Uri): readonly AnalysedToken[];
  /** What is painted in the visible editor of a document, in text order. */
  paintedIn(uri: vscode.Uri): readonly PaintedRange[];
  /** What runs where; `undefined` until the model is open. */
  model(): ModelPlace | undefined;
  /** The active SAEs; empty until the first analysis, their names those of their folders until the model is open. */
  saes(): readonly ActiveSae[];
  /** Whether the active SAEs read the model as they were trained to; checks those that have not been checked yet. */
  checkSaes(): Promise<readonly SaeOutcome[]>;
  /** Process id of the running engine. */
  enginePid(): number | undefined;
}

export function createApi(
  { analyses, engine, model, saeChecks, shownSae }: Services,
  activationMs: number,
  paintedIn: (uri: vscode.Uri) => readonly PaintedRange[],
): MonosemApi {
  return {
    version: 1,
    activationMs,
    stateOf: (uri) => analyses.of(uri)?.state,
    whenIdle: async (uri) => analyses.of(uri)?.whenIdle(),
    tokensOf: (uri) => {
      const text = textOf(uri);
      return (analyses.of(uri)?.tokens.all() ?? []).map((token) => ({
        text: text.slice(token.start, token.end),
        id: token.id,
        start: token.start,
        end: token.end,
        features: token.readings.flatMap(activeIn),
      }));
    },
    paintedIn,
    model: () => model.place,
    saes: () =>
      model.namedSaes.map((named) => ({ ...named, isPainted: named.sae === shownSae.current })),
    checkSaes: async () => saeChecks.check(await model.source()),
    enginePid: () => engine.pid,
  };
}

function activeIn({ sae, features, activations }: TokenReading): readonly ActiveHere[] {
  return [...features].flatMap((feature, slot) => {
    const activation = activations[slot] ?? 0;
    return activation > 0 ? [{ sae, feature, activation }] : [];
  });
}

function textOf(uri: vscode.Uri): string {
  const key = uri.toString();
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
  return open?.getText() ?? '';
}

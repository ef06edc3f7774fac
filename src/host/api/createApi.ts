// Makes what `activate` returns: the public API over the services, and beside it what the tests look at.
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { rankFile } from '../trees/rankFile.ts';
import { activeSaes, analysedToken } from './analysedTokens.ts';
import { refuse } from './arguments.ts';
import type { ApiCalls } from './calls.ts';
import type { TestingApi } from './testing.ts';
import type { MonosemApi } from './types.ts';

export interface ExportedApi extends MonosemApi {
  readonly testing: TestingApi;
}

export function createApi(
  services: Services,
  shown: Pick<TestingApi, 'activationMs' | 'paintedIn'>,
): ExportedApi {
  const { analyses, collection, engine, model, saeChecks, shownSae } = services;
  let loaded: Promise<ApiCalls> | undefined;
  const calls = (): Promise<ApiCalls> =>
    (loaded ??= import('./calls.ts').then((module) => new module.ApiCalls(services)));
  return {
    version: 1,
    analyse: async (...args: readonly unknown[]) => (await calls()).analyse(...args),
    features: async (...args: readonly unknown[]) => (await calls()).features(...args),
    steer: async (...args: readonly unknown[]) => (await calls()).steer(...args),
    model: () => model.place && { ...model.place },
    saes: () => activeSaes(model.namedSaes, shownSae),
    onDidChange: analyses.onDidChange,
    stateOf: (uri: unknown) => analyses.of(readUri('stateOf', uri))?.state,
    whenIdle: async (uri: unknown) => analyses.of(readUri('whenIdle', uri))?.whenIdle(),
    tokensOf: (uri: unknown) => {
      const document = readUri('tokensOf', uri);
      const text = textOf(document);
      return (analyses.of(document)?.tokens.all() ?? []).map((token) => analysedToken(token, text));
    },
    testing: {
      ...shown,
      checkSaes: async () => saeChecks.check(await model.source()),
      rankedFeatures: async (uri, ranking) =>
        rankFile(services, analyses.of(uri)?.tokens.rows ?? [], ranking),
      pinnedFeatures: () => collection.pinned,
      recentFeatures: () => collection.recent,
      enginePid: () => engine.pid,
    },
  };
}

function readUri(place: string, value: unknown): vscode.Uri {
  if (value instanceof vscode.Uri) return value;
  throw refuse(place, 'that is no vscode.Uri; give the uri of a document');
}

function textOf(uri: vscode.Uri): string {
  const key = uri.toString();
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
  return open?.getText() ?? '';
}

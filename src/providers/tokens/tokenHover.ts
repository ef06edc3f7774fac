// The hover over a token: its features with bars, labels and links, and what the model expected there. It shows what is
// known and never waits for an engine that is busy. Only our own commands may be run from it.
import * as vscode from 'vscode';
import { ablatedLoss } from '../../host/ablation/ablatedLoss.ts';
import { briefly } from '../../host/briefly.ts';
import { hoverCommands, hoverMarkdown } from '../../host/display/features/hoverText.ts';
import type { HoverToken } from '../../host/display/features/hoverToken.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import type { Services } from '../../host/services.ts';
import { learnAbout } from '../../host/tokens/learnAbout.ts';
import { tokenFactsOf } from '../../host/tokens/tokenFacts.ts';
import { featureOfView } from '../../host/view/view.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';

/** Longest wait for labels and texts that are not known yet, in milliseconds: nobody sees it. */
const patienceMs = 50;
/** Results that arrive within this time are read ahead together, in milliseconds. */
const gatherMs = 100;

export function registerTokenHover(services: Services): Disposable {
  const { analyses, inspector, view } = services;
  const provideHover = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> => {
    const analysis = analyses.of(document.uri);
    if (!view.isOn || analysis === undefined) return undefined;
    const tokens = analysis.tokens.at(document.offsetAt(position));
    const [first] = tokens;
    if (first === undefined) return undefined;
    const { version } = document;
    await briefly(learnAbout(services, tokens), patienceMs);
    // What was typed meanwhile has another hover.
    if (document.version !== version) return undefined;
    const range = new vscode.Range(
      document.positionAt(first.start),
      document.positionAt(first.end),
    );
    const [text, uri] = [document.getText(range), document.uri.toString()];
    const hovered = tokens.map((token) => ({
      ...token,
      ...{ text, uri, details: inspector.detailsOf(uri, version, token) },
      ablation: ablationOf(services, uri, token),
    }));
    const markdown = new vscode.MarkdownString(hoverMarkdown(hovered, tokenFactsOf(services)));
    markdown.isTrusted = { enabledCommands: hoverCommands };
    return new vscode.Hover(markdown, range);
  };
  const lifetime = new DisposableStore();
  lifetime.add(vscode.languages.registerHoverProvider('*', { provideHover }));
  lifetime.add(readAhead(services));
  return lifetime;
}

/** While its map is what is painted. */
function ablationOf(services: Services, uri: string, { start, id }: Token): HoverToken['ablation'] {
  const feature = featureOfView(services.view.current)?.feature;
  const loss = ablatedLoss(services, uri)(start, id);
  return loss && feature !== undefined ? { ...loss, feature } : undefined;
}

/** What a hover says of tokens where somebody looks is there before the pointer is. */
function readAhead(services: Services): Disposable {
  const { analyses, view } = services;
  const timers = new Map<string, NodeJS.Timeout>();
  const read = (editor: vscode.TextEditor): void => {
    const { document, visibleRanges } = editor;
    const tokens = view.isOn ? analyses.of(document.uri)?.tokens : undefined;
    const visible = visibleRanges.flatMap(
      ({ start, end }) => tokens?.between(document.offsetAt(start), document.offsetAt(end)) ?? [],
    );
    if (visible.length > 0) void learnAbout(services, visible);
  };
  const later = (uri: vscode.Uri): void => {
    const key = uri.toString();
    const isShown = ({ document }: vscode.TextEditor): boolean => document.uri.toString() === key;
    // Between an edit and its results nothing new is known.
    if (timers.has(key) || analyses.of(uri)?.state.kind === 'waiting') return;
    const timer = setTimeout(() => {
      timers.delete(key);
      vscode.window.visibleTextEditors.filter(isShown).forEach(read);
    }, gatherMs);
    timers.set(key, timer);
  };
  const listening = analyses.onDidChange(later);
  return {
    dispose: (): void => {
      listening.dispose();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

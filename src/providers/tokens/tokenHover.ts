// The hover over a token: its features with bars, labels and links. Only our own commands may be run from it.
import * as vscode from 'vscode';
import { hoverCommands, hoverMarkdown } from '../../host/display/features/hoverText.ts';
import type { Services } from '../../host/services.ts';
import { messageOf } from '../../shared/errors.ts';
import { saeLabels } from '../../shared/featureRef.ts';

export function registerTokenHover(services: Services): vscode.Disposable {
  const { analyses, briefs, log, model, shownSae, view } = services;
  const provideHover = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> => {
    const analysis = analyses.of(document.uri);
    if (!view.isOn || analysis === undefined) return undefined;
    const tokens = analysis.tokens.at(document.offsetAt(position));
    const [first] = tokens;
    if (first === undefined) return undefined;
    try {
      for (const { readings } of tokens) {
        await Promise.all(readings.map(({ sae, features }) => briefs.load(sae, features)));
      }
    } catch (error) {
      log.warn(`The hover shows features without labels: ${messageOf(error)}`);
    }
    const range = new vscode.Range(
      document.positionAt(first.start),
      document.positionAt(first.end),
    );
    const text = document.getText(range);
    const markdown = new vscode.MarkdownString(
      hoverMarkdown(
        tokens.map((token) => ({ ...token, text })),
        { brief: briefs.get, painted: shownSae.current, labels: saeLabels(model.namedSaes) },
      ),
    );
    markdown.isTrusted = { enabledCommands: hoverCommands };
    return new vscode.Hover(markdown, range);
  };
  return vscode.languages.registerHoverProvider('*', { provideHover });
}

// Finds tokens of a file whose features are like those of one of them. Moving through the list shows each place in the
// editor; leaving it returns to where one was.
import * as vscode from 'vscode';
import { excerptAround } from '../../host/display/tokens/excerpt.ts';
import { noSimilar, similarOf, similarityText } from '../../host/display/tokens/similarNodes.ts';
import type { SimilarToken } from '../../host/display/tokens/similarNodes.ts';
import { visibleToken } from '../../host/display/features/featureText.ts';
import { withoutIcons } from '../../host/display/withoutIcons.ts';
import { withCancel } from '../../host/progress.ts';
import type { Services } from '../../host/services.ts';
import {
  editorOf,
  locateToken,
  similarQuestion,
  textLines,
} from '../../host/tokens/locateToken.ts';
import { tokenArgument } from '../../host/tokens/tokenArgument.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { t } from '../../shared/l10n.ts';

/** How long the status bar says that there is none, in milliseconds. */
const messageMs = 5000;

interface PlaceItem extends vscode.QuickPickItem {
  readonly range: vscode.Range;
}

/**
 * @param offset UTF-16 offset or an entry of a list; the cursor when it is neither
 * @param uri of the document; the active editor's when absent
 */
export async function findSimilarTokens(
  services: Services,
  offset: unknown,
  uri: unknown,
): Promise<void> {
  const { document, text, token } = await locateToken(services, tokenArgument(offset, uri));
  const sae = await services.shownSae.meant(undefined);
  const found = await withCancel(t('Looking for similar tokens'), (signal) =>
    services.inspector.similar(text, token, similarQuestion(services, document, sae), signal),
  );
  const word = visibleToken(document.getText(rangeIn(document, token)));
  const items = similarOf(found).map((similar) => itemOf(document, similar));
  if (items.length === 0) {
    const listening = vscode.window.setStatusBarMessage(noSimilar());
    setTimeout(() => {
      listening.dispose();
    }, messageMs);
    return;
  }
  const editor =
    editorOf(document) ?? (await vscode.window.showTextDocument(document, { preview: true }));
  const chosen = await pick(editor, items, t('Tokens like “{0}”', withoutIcons(word)));
  if (chosen === undefined) return;
  await vscode.window.showTextDocument(document, {
    ...(editor.viewColumn !== undefined && { viewColumn: editor.viewColumn }),
    selection: chosen.range,
  });
}

function itemOf(document: vscode.TextDocument, similar: SimilarToken): PlaceItem {
  const range = rangeIn(document, similar);
  const place = t('line {0}', range.start.line + 1);
  return {
    label: withoutIcons(visibleToken(document.getText(range))),
    description: `${similarityText(similar.similarity)} · ${place}`,
    detail: withoutIcons(excerptAround(textLines(document), similar.start, similar.end)),
    range,
  };
}

function rangeIn(
  document: vscode.TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** Resolves with the chosen place, or `undefined` when none is chosen: then the editor shows what it showed before. */
async function pick(
  editor: vscode.TextEditor,
  items: readonly PlaceItem[],
  title: string,
): Promise<PlaceItem | undefined> {
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<PlaceItem>());
  const marking = lifetime.add(
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
      // In high-contrast themes the background is bare.
      border: '1px solid',
      borderColor: new vscode.ThemeColor('focusBorder'),
    }),
  );
  const [before] = editor.visibleRanges;
  picker.title = title;
  picker.placeholder = t('Moving through the list shows each place in the editor');
  picker.matchOnDetail = true;
  picker.items = items;
  // The list begins with its first entry: nobody has moved yet.
  let hasMoved = false;
  lifetime.add(
    picker.onDidChangeActive(([item]) => {
      if (hasMoved && item !== undefined) {
        editor.setDecorations(marking, [item.range]);
        editor.revealRange(item.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
      hasMoved = true;
    }),
  );
  try {
    const chosen = await new Promise<PlaceItem | undefined>((resolve) => {
      lifetime.add(picker.onDidAccept(() => resolve(picker.activeItems[0])));
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      picker.show();
    });
    if (chosen === undefined && before !== undefined) {
      editor.revealRange(before, vscode.TextEditorRevealType.AtTop);
    }
    return chosen;
  } finally {
    lifetime.dispose();
  }
}

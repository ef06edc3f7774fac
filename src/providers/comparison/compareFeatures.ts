// The commands that compare: two texts, or a file and its last commit, side by side in a diff editor; and the way from a
// change on the list to its place in the text.
import * as vscode from 'vscode';
import {
  pairOf,
  titleOf,
  urisOf,
  urisToCompare,
  uriMeant,
} from '../../host/comparison/comparedDocuments.ts';
import type { ComparedUris } from '../../host/comparison/comparedDocuments.ts';
import type { ComparedPair } from '../../host/comparison/featureComparison.ts';
import { fileAtHead } from '../../host/comparison/gitExtension.ts';
import type { ComparedPlace } from '../../host/display/comparison/comparisonNodes.ts';
import type { Services } from '../../host/services.ts';
import { fieldsOf } from '../../host/views/viewMessages.ts';
import { comparisonView } from '../../shared/contributions.ts';
import type { TextComparison } from '../../shared/readingProtocol.ts';

/**
 * @param left, right see `urisToCompare`
 * @returns what the texts have and have not in common, for other extensions; `undefined` where nothing was chosen
 */
export async function compareFeatures(
  services: Services,
  left: unknown,
  right: unknown,
): Promise<TextComparison | undefined> {
  const uris = await urisToCompare(left, right);
  return uris && compare(services, uris);
}

/** @param given the file; left out, the one of the active editor */
export async function compareWithHead(
  services: Services,
  given: unknown,
): Promise<TextComparison | undefined> {
  const file = uriMeant(given);
  return compare(services, { left: await fileAtHead(file), right: file });
}

export function closeComparison({ comparison }: Services): void {
  comparison.close();
}

/** @param value a `ComparedPlace` of the present comparison; anything else does nothing */
export async function showChange({ comparison }: Services, value: unknown): Promise<void> {
  const place = readPlace(value);
  const pair = comparison.state?.pair;
  if (place === undefined || pair === undefined) return;
  const { side } = place;
  const uris = urisOf(pair);
  const document = await vscode.workspace.openTextDocument(uris[side]);
  const range = new vscode.Range(
    document.positionAt(comparison.present(side, place.start)),
    document.positionAt(comparison.present(side, place.end)),
  );
  await openDiff(pair, side === 'right' ? range : undefined);
  if (side === 'left') revealIn(document, range);
}

/** Both texts are seen before they are compared, so that a long one keeps nobody from reading. */
async function compare(
  { comparison }: Services,
  uris: ComparedUris,
): Promise<TextComparison | undefined> {
  const pair = pairOf(uris);
  // Refuses what is no text before an editor opens that can only say so.
  await Promise.all([pair.left.text(), pair.right.text()]);
  const comparing = comparison.open(pair);
  await openDiff(pair);
  await vscode.commands.executeCommand(`${comparisonView}.focus`, { preserveFocus: true });
  await comparing;
  const { state } = comparison;
  // Another comparison may have taken its place meanwhile.
  if (state?.pair !== pair) return undefined;
  if (state.reason !== undefined) throw state.reason;
  return state.result?.comparison;
}

/** Opens the diff editor of a pair, or goes to the one that is open. */
async function openDiff(pair: ComparedPair, selection?: vscode.Range): Promise<void> {
  const { left, right } = urisOf(pair);
  const options: vscode.TextDocumentShowOptions = {
    preserveFocus: selection !== undefined,
    ...(selection && { selection }),
  };
  await vscode.commands.executeCommand('vscode.diff', left, right, titleOf(pair), options);
}

/** A diff editor takes a selection for its right side only. */
function revealIn(document: vscode.TextDocument, range: vscode.Range): void {
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document !== document) continue;
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function readPlace(value: unknown): ComparedPlace | undefined {
  const { side, start, end } = fieldsOf(value) ?? {};
  if (side !== 'left' && side !== 'right') return undefined;
  return isOffset(start) && isOffset(end) ? { side, start, end } : undefined;
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

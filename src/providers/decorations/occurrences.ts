// Goes from one occurrence of the followed features to the next: of the one whose heatmap is shown, or of those that are
// pinned.
import * as vscode from 'vscode';
import { paintFacts } from '../../host/decorations/paintFacts.ts';
import { occurrenceFrom, occurrencesOf } from '../../host/display/painting/occurrences.ts';
import type { Direction, FoundOccurrence } from '../../host/display/painting/occurrences.ts';
import { followedFeatures } from '../../host/display/painting/paintView.ts';
import type { Services } from '../../host/services.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** How long the status bar says that the search went on from the other end, in milliseconds. */
const messageMs = 4000;

/** @throws MonosemError `badArgument` in a view that follows no feature */
export function nextOccurrence(services: Services): void {
  goTo(services, 'next');
}

/** @throws MonosemError `badArgument` in a view that follows no feature */
export function previousOccurrence(services: Services): void {
  goTo(services, 'previous');
}

function goTo(services: Services, direction: Direction): void {
  const followed = followedFeatures(services.view.current, services.collection.pinned);
  if (followed.length === 0) {
    throw new MonosemError(
      'badArgument',
      t('No feature is followed: change the view to one feature or to pinned features first.'),
    );
  }
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const found = search(services, editor, followed, direction);
  if (found === undefined) {
    say(t('The followed features are nowhere active in this file.'));
    return;
  }
  const position = editor.document.positionAt(found.start);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(
    new vscode.Range(position, editor.document.positionAt(found.end)),
    vscode.TextEditorRevealType.InCenterIfOutsideViewport,
  );
  if (found.hasWrapped) {
    say(
      direction === 'next' ? t('On from the first occurrence.') : t('On from the last occurrence.'),
    );
  }
}

function search(
  services: Services,
  { document, selection }: vscode.TextEditor,
  followed: readonly FeatureRef[],
  direction: Direction,
): FoundOccurrence | undefined {
  const rows = services.analyses.of(document.uri)?.tokens.rowsBetween(0, Number.MAX_SAFE_INTEGER);
  if (rows === undefined) return undefined;
  const facts = {
    ...paintFacts(services, document.uri.toString()),
    text: document.getText(),
    textStart: 0,
  };
  const cursor = document.offsetAt(selection.active);
  return occurrenceFrom(occurrencesOf(rows, followed, facts), cursor, direction);
}

function say(message: string): void {
  const shown = vscode.window.setStatusBarMessage(message);
  setTimeout(() => {
    shown.dispose();
  }, messageMs);
}

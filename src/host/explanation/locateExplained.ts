// Finds the place whose next token is to be explained: the selection of an editor or its cursor, or an offset.
import * as vscode from 'vscode';
import type { DocumentAnalyses } from '../documents/documentAnalyses.ts';
import { documentMeant, editorOf } from '../tokens/locateToken.ts';
import type { TokenArgument } from '../tokens/tokenArgument.ts';
import type { Token } from '../documents/tokenTable.ts';
import type { ExplainedPlace } from './explainedText.ts';
import type { ExplainedNextToken, NextTokenQuestion } from './nextTokenExplanation.ts';

/** @throws MonosemError `badArgument` where the document is not open */
export function locateExplained({ offset, uri }: TokenArgument): NextTokenQuestion {
  const document = documentMeant(uri);
  const place = offset === undefined ? placeOf(document, editorOf(document)) : { end: offset };
  const key = document.uri.toString();
  // A document that was closed may be open again, as another object.
  const present = (): vscode.TextDocument =>
    vscode.workspace.textDocuments.find(({ uri: each }) => each.toString() === key) ?? document;
  return { document: { key, text: () => present().getText() }, place };
}

function placeOf(
  document: vscode.TextDocument,
  editor: vscode.TextEditor | undefined,
): ExplainedPlace {
  if (editor === undefined) return { end: document.getText().length };
  const { isEmpty, start, end } = editor.selection;
  const selected = { end: document.offsetAt(end) };
  return isEmpty ? selected : { start: document.offsetAt(start), ...selected };
}

/** The token that stands where the model was asked for one; `undefined` where none begins there, or it is not known. */
export function writtenToken(
  analyses: DocumentAnalyses,
  { document, place, text, isStale }: ExplainedNextToken,
): Token | undefined {
  const analysis = isStale ? undefined : analyses.of(vscode.Uri.parse(document.key));
  if (analysis?.state.kind !== 'ready') return undefined;
  // A blank in front of a word may belong to no token.
  const [token] = analysis.tokens.between(place.end, place.end + 2);
  return token !== undefined && token.start >= text.length ? token : undefined;
}

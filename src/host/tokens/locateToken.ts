// Finds the token that a command is about, in the document and the analysis of it, and waits for one where an edit is
// still being analysed.
import * as vscode from 'vscode';
import type { AnalyseParams, SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { charOffset } from '../../shared/units.ts';
import type { TextLines } from '../display/tokens/excerpt.ts';
import type { DocumentAnalysis } from '../documents/documentAnalysis.ts';
import { suitability } from '../documents/suitability.ts';
import type { Token, TokenTable } from '../documents/tokenTable.ts';
import type { Services } from '../services.ts';
import type { TokenArgument } from './tokenArgument.ts';
import type { AskedText, SimilarQuestion } from './tokenInspector.ts';

export interface LocatedToken {
  readonly document: vscode.TextDocument;
  readonly token: Token;
  /** The document as it is now. */
  readonly text: AskedText;
}

/** @throws MonosemError where there is no such token, saying why */
export async function locateToken(
  { analyses, view }: Services,
  argument: TokenArgument,
): Promise<LocatedToken> {
  const { document, offset } = placeIn(argument);
  const analysis = view.isOn ? analyses.of(document.uri) : undefined;
  const token = analysis && (await tokenIn(analysis, offset));
  if (analysis === undefined || token === undefined) throw noToken();
  return { document, token, text: askedText(document, analysis) };
}

/** Where an edit is being analysed, the token may be on its way. */
async function tokenIn(analysis: DocumentAnalysis, offset: number): Promise<Token | undefined> {
  const known = tokenAt(analysis.tokens, offset);
  if (known !== undefined) return known;
  const state = await analysis.whenIdle();
  if ('reason' in state) throw state.reason;
  return tokenAt(analysis.tokens, offset);
}

function noToken(): MonosemError {
  return new MonosemError(
    'badArgument',
    t('There is no analysed token at this place: put the cursor on a token that has a hover.'),
  );
}

export function askedText(
  document: vscode.TextDocument,
  { state }: Pick<DocumentAnalysis, 'state'>,
): AskedText {
  return {
    document: document.uri.toString(),
    version: document.version,
    text: document.getText(),
    isSettled: state.kind === 'ready',
  };
}

/** The lines of a document, for lists and excerpts. */
export function textLines(document: vscode.TextDocument): TextLines {
  const offsetOf = (line: number): number =>
    document.offsetAt(
      line < document.lineCount
        ? new vscode.Position(line, 0)
        : document.lineAt(document.lineCount - 1).range.end,
    );
  return {
    lineCount: document.lineCount,
    lineAt: (line) => ({ start: offsetOf(line), end: offsetOf(line + 1) }),
    slice: (start, end) =>
      document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
    lineOf: (offset) => document.positionAt(offset).line,
  };
}

/** Asks for tokens like another one as the document is analysed, so that nothing is computed twice. */
export function similarQuestion(
  { analyses }: Pick<Services, 'analyses'>,
  document: vscode.TextDocument,
  sae: SaePlace,
): SimilarQuestion {
  const { topK, predictions, maxFileKB } = analyses.question;
  const extent = suitability(document.getText(), maxFileKB).isLong ? 'visible' : 'all';
  return { sae, topK, extent, ...visibleIn(document), ...(predictions > 0 && { predictions }) };
}

function visibleIn(document: vscode.TextDocument): Pick<AnalyseParams, 'visible'> {
  const ranges = editorOf(document)?.visibleRanges ?? [];
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first === undefined || last === undefined) return {};
  const [start, end] = [document.offsetAt(first.start), document.offsetAt(last.end)];
  return { visible: { start: charOffset(start), end: charOffset(end) } };
}

/** The one with the cursor where several show the document. */
export function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor?.document === document) return activeTextEditor;
  return visibleTextEditors.find((editor) => editor.document === document);
}

function placeIn({ offset, uri }: TokenArgument): {
  readonly document: vscode.TextDocument;
  readonly offset: number;
} {
  const document = documentMeant(uri);
  const cursor = editorOf(document)?.selection.start ?? new vscode.Position(0, 0);
  return { document, offset: offset ?? document.offsetAt(cursor) };
}

/** @param uri of an open document; the active editor's when absent */
export function documentMeant(uri: string | undefined): vscode.TextDocument {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const named = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  const active = activeTextEditor ?? visibleTextEditors[0];
  const document = uri === undefined ? active?.document : named;
  if (document !== undefined) return document;
  throw new MonosemError('badArgument', t('The file of this token is not open; open it first.'));
}

/** At the end of a text, the last one. */
function tokenAt(tokens: TokenTable, offset: number): Token | undefined {
  return tokens.at(offset)[0] ?? (offset > 0 ? tokens.at(offset - 1).at(-1) : undefined);
}

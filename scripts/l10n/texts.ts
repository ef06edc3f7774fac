// Collects the texts that go through t(), and says where t() is used so that a text could not be collected or would
// come too early to be translated.
import ts from 'typescript';
import { placeOf } from './sources.ts';

export interface Collected {
  readonly texts: ReadonlySet<string>;
  /** `file:line`, what is wrong there and what to do. */
  readonly problems: readonly string[];
}

export function collectTexts(files: readonly ts.SourceFile[]): Collected {
  const texts = new Set<string>();
  const problems: string[] = [];
  for (const file of files) {
    const report = (node: ts.Node, what: string): void => {
      problems.push(`${placeOf(node)} ${what}`);
    };
    for (const name of usesOfT(file)) {
      const text = textOf(name, report);
      if (text !== undefined) texts.add(text);
    }
  }
  return { texts, problems };
}

type Report = (node: ts.Node, what: string) => void;

/** Every `t` of src/shared/l10n.ts, the import aside. */
function usesOfT(file: ts.SourceFile): readonly ts.Identifier[] {
  if (!importsT(file)) return [];
  const uses: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && node.text === 't' && isValue(node)) uses.push(node);
    node.forEachChild(visit);
  };
  visit(file);
  return uses;
}

function importsT(file: ts.SourceFile): boolean {
  return file.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text.endsWith('/l10n.ts') &&
      statement.importClause?.namedBindings !== undefined &&
      ts.isNamedImports(statement.importClause.namedBindings) &&
      statement.importClause.namedBindings.elements.some(({ name }) => name.text === 't'),
  );
}

/** Not the name of a property, as in `x.t` and `{ t: 1 }`. */
function isValue(name: ts.Identifier): boolean {
  const { parent } = name;
  const isNamed = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent);
  return isNamed ? parent.name !== name : !ts.isPropertySignature(parent);
}

function textOf(name: ts.Identifier, report: Report): string | undefined {
  const call = name.parent;
  if (!ts.isCallExpression(call) || call.expression !== name) {
    report(name, 'does not call t(): write t() where the text stands');
    return undefined;
  }
  const [first, ...values] = call.arguments;
  if (first === undefined || !ts.isStringLiteralLike(first)) {
    report(call, 'gives t() no literal: write the whole English text, values as {0}, {1}, …');
    return undefined;
  }
  if (isAtLoadTime(call)) {
    report(
      call,
      'calls t() while the module is loaded, before the language is known: use a function',
    );
  }
  if (values.some(ts.isSpreadElement)) report(call, 'spreads the values of t(): name each');
  const wanted = placeholdersOf(first.text);
  if (wanted.join() !== values.map((_, index) => String(index)).join()) {
    report(call, `has ${String(values.length)} values for the places {${wanted.join('}, {')}}`);
  }
  return first.text;
}

/** Each once, in numerical order. */
export function placeholdersOf(text: string): readonly string[] {
  const places = [...text.matchAll(/\{(\d+)\}/g)].map(([, index = '']) => index);
  return [...new Set(places)].sort((a, b) => Number(a) - Number(b));
}

/** Inside a function, or a field that is set when an object is made, it is called later. */
function isAtLoadTime(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at)) return false;
    if (ts.isPropertyDeclaration(at)) return isStatic(at);
  }
  return true;
}

function isStatic({ modifiers }: ts.PropertyDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
}

// A lint rule: words that people read go through t() of src/shared/l10n.ts, or they can never be translated. It finds
// what looks like words: several of them with blanks between, or one that begins like a label.
//
// Allowed without t(), because people do not read it, or only in the log, which is English:
//   log.info('…'), new Error('…')        the log, and mistakes in the program
//   a === '…', case '…', { '…': 1 }      names that are compared, keys
//   { class: '…' }, querySelector('…')   names of styles
//   'oneWord', '<svg …>'                 identifiers, markup
//   'Monosem'                            proper names, by the option `names`
import { AST_NODE_TYPES as Node, ESLintUtils } from '@typescript-eslint/utils';

/** @typedef {import('@typescript-eslint/utils').TSESTree.Node} AnyNode */
/** @typedef {(parent: AnyNode, child: AnyNode) => boolean} Excuse */

const translators = new Set(['t', 'translated']);
const logMethods = new Set(['info', 'warn', 'error']);
const mistakes = new Set(['Error', 'RangeError', 'TypeError']);
const comparisons = new Set(['===', '!==', 'in']);
/** Methods that compare what they are given, or look for it. */
const searches = new Set(['querySelector', 'querySelectorAll', 'closest', 'includes']);

/** Stands for what a template puts in. */
const value = '\uFFFC';
const severalWords = /\p{L}{2,}[,;:.]? \p{L}{2,}|\p{L}{3,} \uFFFC|\uFFFC[,;:.]? \p{L}{3,}/u;
const label = /^\p{Lu}\p{Ll}{2,}/u;
const identifiers = /[\p{L}\p{N}]*\p{Ll}\p{Lu}[\p{L}\p{N}]*/gu;

/**
 * @param {string} text
 * @param {readonly string[]} names
 */
function looksLikeWords(text, names) {
  if (text.startsWith('<') || names.includes(text)) return false;
  const rest = text.replaceAll(identifiers, '');
  return severalWords.test(rest) || label.test(rest);
}

/** @param {AnyNode} object */
function isLog(object) {
  const name = object.type === Node.MemberExpression ? object.property : object;
  return name.type === Node.Identifier && name.name === 'log';
}

/** @type {Excuse} */
function isArgument(parent, child) {
  if (parent.type !== Node.CallExpression) return false;
  const { callee } = parent;
  if (callee.type === Node.Identifier)
    return translators.has(callee.name) && parent.arguments[0] === child;
  if (callee.type !== Node.MemberExpression || callee.property.type !== Node.Identifier)
    return false;
  const { name } = callee.property;
  return searches.has(name) || (logMethods.has(name) && isLog(callee.object));
}

/** An error of JavaScript, or one with the code `internal`. @type {Excuse} */
function isMistake(parent) {
  if (parent.type !== Node.NewExpression || parent.callee.type !== Node.Identifier) return false;
  const [code] = parent.arguments;
  const isInternal = code?.type === Node.Literal && code.value === 'internal';
  return isInternal || mistakes.has(parent.callee.name);
}

/** @type {Excuse} */
function isCompared(parent, child) {
  if (parent.type === Node.BinaryExpression) return comparisons.has(parent.operator);
  return parent.type === Node.SwitchCase && parent.test === child;
}

/** @type {Excuse} */
function isKey(parent, child) {
  if (parent.type === Node.MemberExpression) return parent.property === child;
  if (parent.type !== Node.Property) return false;
  const isStyle = parent.key.type === Node.Identifier && parent.key.name === 'class';
  return parent.key === child || isStyle;
}

/** @type {Excuse} */
function isDeclaration(parent) {
  return parent.type === Node.ImportDeclaration || parent.type === Node.TSLiteralType;
}

const excuses = [isArgument, isMistake, isCompared, isKey, isDeclaration];

/** What stands in a function is not the argument that the function itself is. */
const functions = new Set([
  ...[Node.ArrowFunctionExpression, Node.FunctionExpression, Node.FunctionDeclaration],
]);

/** @param {AnyNode} text */
function isExcused(text) {
  for (let child = text; child.type !== Node.Program; child = child.parent) {
    const { parent } = child;
    if (functions.has(parent.type)) return false;
    const within = child;
    if (excuses.some((excuse) => excuse(parent, within))) return true;
  }
  return false;
}

export const noForgottenText = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: { names: { type: 'array', items: { type: 'string' } } },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ names: /** @type {string[]} */ ([]) }],
    messages: { forgotten: 'People read this text: let it go through t() of src/shared/l10n.ts.' },
  },
  create(context) {
    const names = context.options[0]?.names ?? [];
    /** @type {(node: AnyNode, text: string) => void} */
    const check = (node, text) => {
      if (looksLikeWords(text, names) && !isExcused(node))
        context.report({ node, messageId: 'forgotten' });
    };
    return {
      Literal(node) {
        if (typeof node.value === 'string') check(node, node.value);
      },
      TemplateLiteral(node) {
        check(node, node.quasis.map(({ value: { cooked } }) => cooked).join(value));
      },
    };
  },
});

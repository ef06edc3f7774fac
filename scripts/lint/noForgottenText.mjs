// A lint rule: words that people read go through t() of src/shared/l10n.ts, or they can never be translated. It finds
// what looks like words: several of them with blanks between, or one that begins like a label.
//
// Allowed without t(), because people do not read it, or only in the log, which is English:
//   log.info('…'), new Error('…')        the log, and mistakes in the program
//   a === '…', case '…', { '…': 1 }      names that are compared, keys
//   { class: '…' }, querySelector('…')   names of styles
//   'DirectML'                           proper names, by the option `names`
import { AST_NODE_TYPES as Node, ESLintUtils } from '@typescript-eslint/utils';

/** @typedef {import('@typescript-eslint/utils').TSESTree.Node} AnyNode */

const translators = new Set(['t', 'translated']);
const logMethods = new Set(['info', 'warn', 'error']);
const selectors = new Set(['querySelector', 'querySelectorAll', 'closest', 'matches']);
const comparisons = new Set(['===', '!==', 'in']);

/** Stands for what a template puts in. */
const value = '\uFFFC';
const severalWords = /\p{L}{2,}[,;:.]? \p{L}{2,}|\p{L}{3,} \uFFFC|\uFFFC[,;:.]? \p{L}{3,}/u;
const label = /^\p{Lu}\p{Ll}{2,}/u;

/**
 * @param {string} text
 * @param {readonly string[]} names
 */
function looksLikeWords(text, names) {
  return !names.includes(text) && (severalWords.test(text) || label.test(text));
}

/** @param {import('@typescript-eslint/utils').TSESTree.CallExpression} call */
function isUnread({ callee }) {
  if (callee.type === Node.Identifier) return translators.has(callee.name);
  if (callee.type !== Node.MemberExpression || callee.property.type !== Node.Identifier)
    return false;
  const { name } = callee.property;
  return selectors.has(name) || (logMethods.has(name) && isLog(callee.object));
}

/** @param {AnyNode} object */
function isLog(object) {
  const name = object.type === Node.MemberExpression ? object.property : object;
  return name.type === Node.Identifier && name.name === 'log';
}

/** @param {import('@typescript-eslint/utils').TSESTree.NewExpression} made */
function isMistake({ callee, arguments: [code] }) {
  if (callee.type !== Node.Identifier) return false;
  if (callee.name === 'Error' || callee.name === 'TypeError') return true;
  return code?.type === Node.Literal && code.value === 'internal';
}

/**
 * Whether a parent says that people do not read the text; `undefined` leaves it to the parent's parent.
 * @param {AnyNode} child
 * @param {AnyNode} parent
 * @returns {boolean | undefined}
 */
function isAllowedBy(child, parent) {
  switch (parent.type) {
    case Node.CallExpression:
      return isUnread(parent) || undefined;
    case Node.NewExpression:
      return isMistake(parent) || undefined;
    case Node.BinaryExpression:
      return comparisons.has(parent.operator) || undefined;
    case Node.SwitchCase:
      return parent.test === child || undefined;
    case Node.MemberExpression:
      return parent.property === child || undefined;
    case Node.Property:
      return parent.key === child || isStyle(parent.key) || undefined;
    case Node.ImportDeclaration:
    case Node.TSLiteralType:
      return true;
    // What stands in a function is not the argument or the value that the function itself is.
    case Node.ArrowFunctionExpression:
    case Node.FunctionExpression:
    case Node.FunctionDeclaration:
      return false;
    default:
      return undefined;
  }
}

/** @param {AnyNode} key */
function isStyle(key) {
  return key.type === Node.Identifier && key.name === 'class';
}

/** @param {AnyNode} text */
function isAllowed(text) {
  for (let child = text; child.type !== Node.Program; child = child.parent) {
    const answer = isAllowedBy(child, child.parent);
    if (answer !== undefined) return answer;
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
    messages: { forgotten: 'People read this text: let it go through t() of src/shared/l10n.ts.' },
  },
  defaultOptions: [{ names: /** @type {string[]} */ ([]) }],
  create(context, [{ names }]) {
    return {
      Literal(node) {
        if (typeof node.value !== 'string' || !looksLikeWords(node.value, names)) return;
        if (!isAllowed(node)) context.report({ node, messageId: 'forgotten' });
      },
      TemplateLiteral(node) {
        const text = node.quasis.map(({ value: { cooked } }) => cooked).join(value);
        if (looksLikeWords(text, names) && !isAllowed(node))
          context.report({ node, messageId: 'forgotten' });
      },
    };
  },
});

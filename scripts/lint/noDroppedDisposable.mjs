// A typed lint rule: an object with dispose() that a call hands out must be kept, or it can never be disposed.
// Listeners and timers leak through exactly this hole, and reading the code does not show it.
//
// Allowed to stand alone, because someone else keeps the object:
//   store.add(thing)                     an argument is itself disposable: the call took it over
//   event(listener, thisArg, owners)     an array was passed that collects it
//   builder.named('x')                   a fluent method that returns its own receiver
import { AST_NODE_TYPES as Node, ESLintUtils } from '@typescript-eslint/utils';

/**
 * @param {import('typescript').Type} type
 * @returns {boolean}
 */
function isDisposable(type) {
  if (type.isUnion()) return type.types.some(isDisposable);
  const dispose = type.getProperty('dispose');
  return dispose !== undefined;
}

export const noDroppedDisposable = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      dropped:
        'This call returns something with dispose(): keep it, or add it to a DisposableStore.',
    },
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();

    /** @param {import('@typescript-eslint/utils').TSESTree.CallExpression} call */
    function someoneElseKeepsIt(call) {
      const taken = call.arguments.some((argument) => {
        const type = services.getTypeAtLocation(argument);
        return isDisposable(type) || checker.isArrayType(type);
      });
      if (taken) return true;
      if (call.callee.type !== Node.MemberExpression) return false;
      return services.getTypeAtLocation(call.callee.object) === services.getTypeAtLocation(call);
    }

    return {
      ExpressionStatement(statement) {
        const awaited = statement.expression.type === Node.AwaitExpression;
        const expression =
          statement.expression.type === Node.AwaitExpression
            ? statement.expression.argument
            : statement.expression;
        if (expression.type !== Node.CallExpression && expression.type !== Node.NewExpression)
          return;
        const type = services.getTypeAtLocation(awaited ? statement.expression : expression);
        if (!isDisposable(type)) return;
        if (expression.type === Node.CallExpression && someoneElseKeepsIt(expression)) return;
        context.report({ node: expression, messageId: 'dropped' });
      },
    };
  },
});

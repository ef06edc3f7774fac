// Edits as commands take them: --edit, any number of times, on the tokens of one --scope.
import { parseEdit } from '../engine/engine.ts';
import { withScope } from '../shared/editScope.ts';
import type { Source, SteerEdit, SteerScope } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import type { Arguments } from './options.ts';

export const editOptions = {
  edit: { type: 'string', multiple: true },
  scope: { type: 'string' },
} as const;

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

/** @throws MonosemError `badEdit`, or `badArgument` for another scope */
export function editsOf(args: Arguments, { saes }: Source): SteerEdit[] {
  const edits = args.texts('edit').map((edit) => parseEdit(edit, saes));
  return withScope(edits, readScope(args.text('scope') ?? 'all'));
}

function readScope(text: string): SteerScope {
  const scope = scopes.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new MonosemError('badArgument', `--scope takes ${scopes.join(', ')}, not "${text}".`);
}

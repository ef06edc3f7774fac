// What is changed, as the command line says it: edits in the text form of shared/editText.ts, and directions from files.
import { loadDirection } from '../engine/engine.ts';
import { readDirectionFile, type DirectionFile } from '../shared/directionFileText.ts';
import { withScope } from '../shared/editScope.ts';
import { parseNamedEdit } from '../shared/editText.ts';
import type { Source, SteerEdit, SteerScope } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { withNumbers } from '../shared/namedEdits.ts';
import type { Arguments } from './options.ts';

export const editOptions = {
  edit: { type: 'string', multiple: true },
  scope: { type: 'string' },
  direction: { type: 'string', multiple: true },
} as const;

/** The options in a usage, behind --edit. */
export const editUsage = '[--scope all|prompt|generated] [--direction NAME=FILE.safetensors …]';

/** What an edit looks like, for the help of one command. */
export const editNotes: readonly string[] = [
  'EDIT is ID:ablate, ID:scale=S, ID:clamp=C, ID:add=A, ID:project=P or ID:cap=C:',
  '  2/12:clamp=8     feature 12 of the second SAE; without N/ the first is meant',
  '  12:clamp=3max    three times the largest activation that the feature store knows',
  '  12:add=0.3norm   so much of the length of the stream, along the decoder row',
  '  calm@SITE:add=2  along the direction "calm" of --direction calm=FILE.safetensors[:TENSOR]',
  'Conditions follow after commas:',
  '  active, while=ID       only on tokens where the feature, or another one, is active',
  '  prompt, generated      only there; --scope is for edits that name no positions',
  '  tokens=4-9+12+20-      only on these positions, both ends included, from 0 for BOS',
  '  skip-special           not on BOS, EOS and the marks of a chat template',
  '  drop-error             the stream becomes what the SAE reconstructs, then is edited',
];

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

/**
 * The edits of --edit, in their order.
 * @throws MonosemError `badArgument`, `badEdit`, and what reading a direction can throw
 */
export async function editsOf(args: Arguments, { saes }: Source): Promise<SteerEdit[]> {
  const scope = scopeOf(args.text('scope') ?? 'all');
  const directions = new Map<string, Float32Array>();
  for (const text of args.texts('direction')) {
    const { name, file, tensor } = readDirection(text);
    directions.set(name, await loadDirection(file, tensor));
  }
  const edits = args
    .texts('edit')
    .map((text) => withNumbers(parseNamedEdit(text, { saes, directions }), directions));
  return withScope(edits, scope);
}

function scopeOf(text: string): SteerScope {
  const scope = scopes.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new MonosemError('badArgument', `--scope takes ${scopes.join(', ')}, not "${text}".`);
}

function readDirection(text: string): DirectionFile {
  const read = readDirectionFile(text);
  if (read !== undefined) return read;
  throw new MonosemError(
    'badArgument',
    `--direction takes NAME=FILE.safetensors, with :TENSOR behind it where the file has several, not "${text}".`,
  );
}

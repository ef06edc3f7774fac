// The arguments of the commands that download, as tests, key bindings and other extensions give them: nothing is
// believed before it has been checked. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { readRepo } from './repoName.ts';

/** A cancellation token of VS Code, as far as it is needed. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): void };
}

interface Request {
  readonly repo: string;
  /** Stops the download; what has arrived is kept for the next time. */
  readonly cancellation?: Cancellation;
}

export interface ModelRequest extends Request {
  readonly variant?: string;
  /** Without it, it is asked. */
  readonly use?: boolean;
}

/** What happens to SAEs that are active already. */
export type SaeUse = 'add' | 'replace';

export interface SaeRequest extends Request {
  readonly path?: string;
  /** Repository of the model it reads. */
  readonly model?: string;
  /** `true` asks only when SAEs are active already; without it, it is asked in any case. */
  readonly use?: boolean | SaeUse;
}

/** @returns undefined when nothing was given. @throws MonosemError `badArgument` */
export function readModelRequest(argument: unknown): ModelRequest | undefined {
  const fields = fieldsOf(argument);
  if (fields === undefined) return undefined;
  const { variant, use } = fields;
  expect(isText(variant), t('“variant” of a download must be the name of an .onnx file.'));
  expect(
    use === undefined || typeof use === 'boolean',
    t('“use” of a download must be true or false.'),
  );
  return {
    ...common(fields),
    ...(typeof variant === 'string' && { variant }),
    ...(typeof use === 'boolean' && { use }),
  };
}

/** @returns undefined when nothing was given. @throws MonosemError `badArgument` */
export function readSaeRequest(argument: unknown): SaeRequest | undefined {
  const fields = fieldsOf(argument);
  if (fields === undefined) return undefined;
  const { path, model, use } = fields;
  expect(isText(path), t('“path” of a download must be a folder or file in the repository.'));
  expect(isText(model), t('“model” of a download must be a repository, as owner/name.'));
  const isUse = typeof use === 'boolean' || use === 'add' || use === 'replace';
  expect(
    use === undefined || isUse,
    t('“use” of a download must be true, false, "add" or "replace".'),
  );
  return {
    ...common(fields),
    ...(typeof path === 'string' && { path }),
    ...(typeof model === 'string' && { model }),
    ...(isUse && { use }),
  };
}

interface Fields {
  readonly [name: string]: unknown;
  readonly repo?: unknown;
  readonly cancellation?: unknown;
  readonly variant?: unknown;
  readonly path?: unknown;
  readonly model?: unknown;
  readonly use?: unknown;
}

function fieldsOf(argument: unknown): Fields | undefined {
  const isGiven = typeof argument === 'object' && argument !== null && 'repo' in argument;
  return isGiven ? argument : undefined;
}

function common({ repo, cancellation }: Fields): Request {
  expect(typeof repo === 'string', t('“repo” of a download must be a repository, as owner/name.'));
  return {
    repo: readRepo(String(repo)).repo,
    ...(isCancellation(cancellation) && { cancellation }),
  };
}

function isCancellation(value: unknown): value is Cancellation {
  return typeof value === 'object' && value !== null && 'onCancellationRequested' in value;
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function expect(isRight: boolean, problem: string): void {
  if (!isRight) throw new MonosemError('badArgument', problem);
}

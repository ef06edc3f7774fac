// What somebody types to name a repository: `owner/name`, or the address of its page, with what is behind it. Without
// VS Code.
import { MonosemError } from '../../shared/errors.ts';

/** A repository, and what of it is meant. */
export interface TypedRepo {
  readonly repo: string;
  /** Folder or file in it, from an address such as …/tree/main/layer_7. */
  readonly path?: string;
}

const form = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** @throws MonosemError `badArgument` that says what is missing, fit to be shown while somebody types */
export function readRepo(text: string): TypedRepo {
  const typed = text.trim();
  const [, rest = typed] = /^https?:\/\/[^/]+\/(.*)$/.exec(typed) ?? [];
  const [owner = '', name = '', kind = '', , ...below] = rest.replace(/[?#].*$/, '').split('/');
  const repo = `${owner}/${name}`;
  const isPage = rest !== typed;
  if (!isPage && (kind !== '' || below.length > 0)) {
    throw problem(`“${typed}” has more than two parts`);
  }
  if (name === '') throw problem(`“${typed}” has no name behind the owner`);
  if (!form.test(repo) || /\.\.|--|\.git$/.test(repo)) {
    throw problem(`“${typed}” has characters that no name has`);
  }
  const path = decoded(below.join('/'));
  const isPlace = ['tree', 'blob', 'resolve'].includes(kind) && path !== '';
  return isPlace ? { repo, path } : { repo };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\/+$/, '');
  } catch {
    return '';
  }
}

function problem(what: string): MonosemError {
  return new MonosemError(
    'badArgument',
    `${what}; a repository is owner/name, e.g. openai-community/gpt2.`,
  );
}

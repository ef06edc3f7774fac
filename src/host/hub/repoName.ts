// What somebody types to name a repository: `owner/name`, or the address of its page, with what is behind it. Without
// VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** A repository, and what of it is meant. */
export interface TypedRepo {
  readonly repo: string;
  /** Folder or file in it, from an address such as …/tree/main/layer_7. */
  readonly path?: string;
}

const example = 'openai-community/gpt2';

const form = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** @throws MonosemError `badArgument` that says what is missing, fit to be shown while somebody types */
export function readRepo(text: string): TypedRepo {
  const typed = text.trim();
  const page = /^https?:\/\/[^/]+\/(.*)$/.exec(typed)?.[1];
  const [owner = '', name = '', ...behind] = (page ?? typed).replace(/[?#].*$/, '').split('/');
  if (page === undefined && behind.length > 0) {
    throw problem(
      t('“{0}” has more than two parts; a repository is owner/name, e.g. {1}.', typed, example),
    );
  }
  if (name === '') {
    throw problem(
      t(
        '“{0}” has no name behind the owner; a repository is owner/name, e.g. {1}.',
        typed,
        example,
      ),
    );
  }
  const repo = `${owner}/${name}`;
  if (!form.test(repo) || /\.\.|--|\.git$/.test(repo)) {
    throw problem(
      t(
        '“{0}” has characters that no name has; a repository is owner/name, e.g. {1}.',
        typed,
        example,
      ),
    );
  }
  const path = pathBehind(behind);
  return path === '' ? { repo } : { repo, path };
}

/** What follows `tree/main`; empty on a repository's other pages. */
function pathBehind([kind = '', , ...path]: readonly string[]): string {
  return ['tree', 'blob', 'resolve'].includes(kind) ? decoded(path.join('/')) : '';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\/+$/, '');
  } catch {
    return '';
  }
}

function problem(message: string): MonosemError {
  return new MonosemError('badArgument', message);
}

// Files with directions beside presets, in `.monosem/steering`. As presets they may come from anybody: they are bounded, plain
// files directly in the folder, and nothing else is read or written. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { sameName } from '../../shared/namedEdits.ts';
import { access, expectTrust, type PresetFolder } from './presetAccess.ts';
import { presetFileName } from './presetFileName.ts';

/** Room for the directions of all layers of a large model. */
export const largestDirectionFile = 16 * 2 ** 20;

const ending = '.safetensors';
/** Code points. */
const longestStem = 50;

/** Whether a preset may name it: a plain name, as `keep` gives them. */
export function isDirectionFile(file: string): boolean {
  const stem = file.slice(0, -ending.length);
  return file.endsWith(ending) && /[\p{L}\p{N}]/u.test(stem) && presetFileName(stem) === stem;
}

export class PresetFiles {
  readonly #folder: PresetFolder;

  constructor(folder: PresetFolder) {
    this.#folder = folder;
  }

  /**
   * Puts a file into the folder; one of the same content that is there already is used, one of another content stays.
   * @param wanted what it is called elsewhere, without its folder
   * @returns what it is called here
   * @throws MonosemError one sentence, also for a full disk
   */
  async keep(wanted: string, content: Uint8Array): Promise<string> {
    expectTrust(this.#folder);
    if (content.length > largestDirectionFile) throw tooLarge(wanted);
    const stem = stemOf(wanted);
    const present = await access(this.#folder, () => this.#folder.list());
    for (let n = 1; ; n++) {
      const file = `${n === 1 ? stem : `${stem}-${n}`}${ending}`;
      const there = present.find((other) => sameName(other, file));
      if (there === undefined) {
        await access(this.#folder, () => this.#folder.write(file, content));
        return file;
      }
      if (isDirectionFile(there) && (await this.#holds(there, content))) return there;
    }
  }

  /**
   * Where the engine finds a file of the folder.
   * @throws MonosemError one sentence where it is missing, a link, too large, or not on this machine
   */
  async find(file: string): Promise<string> {
    expectTrust(this.#folder);
    const present = await access(this.#folder, () => this.#folder.list());
    if (!isDirectionFile(file) || !present.includes(file)) throw this.#missing(file);
    if ((await this.#size(file)) > largestDirectionFile) throw tooLarge(file);
    const path = this.#folder.pathOf(file);
    if (path !== undefined) return path;
    throw new MonosemError(
      'fileUnreadable',
      t('{0} is not on this machine, and directions are read from nowhere else; copy the workspace here.', `${this.#folder.path}/${file}`), // prettier-ignore
    );
  }

  async #holds(file: string, content: Uint8Array): Promise<boolean> {
    if ((await this.#size(file)) !== content.length) return false;
    const there = await access(this.#folder, () => this.#folder.read(file));
    return there.length === content.length && there.every((byte, i) => byte === content[i]);
  }

  #size(file: string): Promise<number> {
    return access(this.#folder, () => this.#folder.size(file));
  }

  #missing(file: string): MonosemError {
    return new MonosemError(
      'fileMissing',
      t('The preset wants a direction from {0}, and there is no such file in {1}; put it there.', file, this.#folder.path), // prettier-ignore
    );
  }
}

/** A name on every file system, with room for a number behind it. */
function stemOf(wanted: string): string {
  const own = wanted.replace(/\.safetensors$/i, '');
  const isName = /[\p{L}\p{N}]/u.test(own);
  return presetFileName(
    Array.from(isName ? own : 'direction')
      .slice(0, longestStem)
      .join(''),
  );
}

export function tooLarge(file: string): MonosemError {
  return new MonosemError(
    'tooLarge',
    t('{0} is larger than {1} MiB; keep the direction in a file of its own.', file, largestDirectionFile / 2 ** 20), // prettier-ignore
  );
}

// Presets on the disk: `.monosem/steering/NAME.json` of a workspace folder. What lies there may come from anybody who wrote
// to the repository, so files are bounded and read strictly, only files directly in the folder are touched, and nothing is
// read of a workspace that is not trusted. Without VS Code.
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { largestPresetBytes, readPreset, writePreset, type Preset } from './preset.ts';

/** `.monosem/steering` of one workspace folder; its functions throw what the file system throws. */
export interface PresetFolder {
  /** For people. */
  readonly path: string;
  readonly isTrusted: boolean;
  /** Plain files in it, no links; none where it is missing. */
  list(): Promise<readonly string[]>;
  size(file: string): Promise<number>;
  read(file: string): Promise<Uint8Array>;
  /** The whole file or what was there; makes the folder. */
  write(file: string, content: Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
}

export interface LoadedPreset {
  readonly preset: Preset;
  /** Fields of the file that were left out. */
  readonly ignored: readonly string[];
}

const ending = '.json';
const mostPresets = 1000;
/** Code points; with four bytes each, names stay below the 255 bytes of file systems. */
const longestFileName = 60;

/** Names that Windows keeps for devices, whatever their ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * What the file of a preset is called, without its ending: a name on every file system.
 * @throws MonosemError `badArgument` for a name without letters and digits
 */
export function presetFileName(name: string): string {
  const plain = name.normalize('NFC').replaceAll(/[^\p{L}\p{N} ._-]/gu, '-');
  const cut = Array.from(plain.replace(/^[ .]+/, '')).slice(0, longestFileName);
  const file = cut.join('').replace(/[ .]+$/, '');
  if (/[\p{L}\p{N}]/u.test(file)) return devices.test(file) ? `${file}-`.replace('.', '-') : file;
  throw new MonosemError(
    'badArgument',
    t('"{0}" is no name for a preset; use letters and digits.', name),
  );
}

export class Presets {
  readonly #folder: PresetFolder;

  constructor(folder: PresetFolder) {
    this.#folder = folder;
  }

  /** File names without their ending, sorted. @throws MonosemError where the workspace is not trusted */
  async list(): Promise<readonly string[]> {
    this.#expectTrust();
    const files = await this.#access(() => this.#folder.list());
    return files
      .filter((file) => file.endsWith(ending) && !/[/\\]/.test(file) && !file.startsWith('.'))
      .map((file) => file.slice(0, -ending.length))
      .sort((a, b) => a.localeCompare(b))
      .slice(0, mostPresets);
  }

  /** The preset that would be replaced, under whatever capitals; `undefined` for none. */
  async existing(name: string): Promise<string | undefined> {
    const file = presetFileName(name).toLowerCase();
    return (await this.list()).find((known) => known.toLowerCase() === file);
  }

  /** @returns where it is now. @throws MonosemError one sentence, also for a full disk */
  async save(preset: Preset): Promise<string> {
    this.#expectTrust();
    const file = ((await this.existing(preset.name)) ?? presetFileName(preset.name)) + ending;
    const content = new TextEncoder().encode(writePreset(preset));
    if (content.length > largestPresetBytes) throw this.#tooLarge(file);
    await this.#access(() => this.#folder.write(file, content));
    return this.#placeOf(file);
  }

  /** @param name one of `list`. @throws MonosemError one sentence that says what is wrong with the file */
  async load(name: string): Promise<LoadedPreset> {
    const file = await this.#expectListed(name);
    if ((await this.#access(() => this.#folder.size(file))) > largestPresetBytes)
      throw this.#tooLarge(file);
    const bytes = await this.#access(() => this.#folder.read(file));
    return readPreset(new TextDecoder().decode(bytes), this.#placeOf(file));
  }

  /** @param name one of `list` */
  async delete(name: string): Promise<void> {
    const file = await this.#expectListed(name);
    await this.#access(() => this.#folder.remove(file));
  }

  /** Nothing but what is in the folder has a name here, so no path leads out of it. */
  async #expectListed(name: string): Promise<string> {
    if ((await this.list()).includes(name)) return name + ending;
    throw new MonosemError(
      'fileMissing',
      t('There is no preset "{0}" in {1}; save one first.', name, this.#folder.path),
    );
  }

  #expectTrust(): void {
    if (this.#folder.isTrusted) return;
    throw new MonosemError(
      'badArgument',
      t('Presets in {0} are not used, because the workspace is not trusted; trust it first.', this.#folder.path), // prettier-ignore
    );
  }

  #placeOf(file: string): string {
    return `${this.#folder.path}/${file}`;
  }

  #tooLarge(file: string): MonosemError {
    return new MonosemError(
      'tooLarge',
      t('{0} is larger than any preset; make its texts shorter.', this.#placeOf(file)),
    );
  }

  async #access<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      throw accessError(error, this.#folder.path);
    }
  }
}

/** VS Code's file systems have codes of their own, and put those of Node.js into the message. */
function accessError(error: unknown, path: string): MonosemError {
  if (error instanceof MonosemError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = `${code} ${messageOf(error)}`;
  if (/ENOSPC|EDQUOT/.test(said)) {
    return new MonosemError(
      'diskFull',
      t('The preset could not be written to {0}: the disk is full; free some space and try again.', path), // prettier-ignore
    );
  }
  if (/NoPermissions|EACCES|EPERM|EROFS/.test(said)) {
    return new MonosemError(
      'fileUnreadable',
      t('{0} cannot be used: access was denied; change its permissions and try again.', path),
    );
  }
  return new MonosemError(
    'fileUnreadable',
    t('{0} could not be accessed ({1}); check the folder and try again.', path, messageOf(error)),
    { cause: error },
  );
}

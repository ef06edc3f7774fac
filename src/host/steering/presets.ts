// Presets on the disk: `.monosem/steering/NAME.json` of a workspace folder. What lies there may come from anybody who wrote
// to the repository, so files are bounded and read strictly, only files directly in the folder are touched, and nothing is
// read of a workspace that is not trusted. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { writePreset, type Preset } from './preset.ts';
import { access, expectTrust, type PresetFolder } from './presetAccess.ts';
import { presetFileName } from './presetFileName.ts';
import { largestPresetBytes, readPreset } from './readPreset.ts';

export interface LoadedPreset {
  readonly preset: Preset;
  /** Fields of the file that were left out. */
  readonly ignored: readonly string[];
}

const ending = '.json';
const mostPresets = 1000;

export class Presets {
  readonly #folder: PresetFolder;

  constructor(folder: PresetFolder) {
    this.#folder = folder;
  }

  /** File names without their ending, sorted. @throws MonosemError where the workspace is not trusted */
  async list(): Promise<readonly string[]> {
    expectTrust(this.#folder);
    const files = await access(this.#folder, () => this.#folder.list());
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
    expectTrust(this.#folder);
    const file = ((await this.existing(preset.name)) ?? presetFileName(preset.name)) + ending;
    const content = new TextEncoder().encode(writePreset(preset));
    if (content.length > largestPresetBytes) throw this.#tooLarge(file);
    await access(this.#folder, () => this.#folder.write(file, content));
    return this.#placeOf(file);
  }

  /** @param name one of `list`. @throws MonosemError one sentence that says what is wrong with the file */
  async load(name: string): Promise<LoadedPreset> {
    const file = await this.#expectListed(name);
    if ((await access(this.#folder, () => this.#folder.size(file))) > largestPresetBytes)
      throw this.#tooLarge(file);
    const bytes = await access(this.#folder, () => this.#folder.read(file));
    return readPreset(new TextDecoder().decode(bytes), this.#placeOf(file));
  }

  /** @param name one of `list` */
  async delete(name: string): Promise<void> {
    const file = await this.#expectListed(name);
    await access(this.#folder, () => this.#folder.remove(file));
  }

  /** Nothing but what is in the folder has a name here, so no path leads out of it. */
  async #expectListed(name: string): Promise<string> {
    if ((await this.list()).includes(name)) return name + ending;
    throw new MonosemError(
      'fileMissing',
      t('There is no preset "{0}" in {1}; save one first.', name, this.#folder.path),
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
}

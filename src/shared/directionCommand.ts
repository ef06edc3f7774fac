// Directions of one's own in commands: `monosem direction …` makes those that come from texts, `--direction` names the files.
import { commandLine, modelOptions } from './commandLine.ts';
import { writeDirectionFile } from './directionFileText.ts';
import type { ModelChoice, NamedDirection } from './engineProtocol.ts';
import type { Shell } from './shellWords.ts';

/** What `--direction` takes. @throws MonosemError `badArgument` for a file that no command can name */
export function directionFileOf({ name, origin }: NamedDirection): string {
  return 'file' in origin
    ? writeDirectionFile({ name, ...origin })
    : writeDirectionFile({ name, file: madeFile(name) });
}

/** The commands that make what is made of texts. @throws MonosemError as {@link commandLine} */
export function makingCommands(
  directions: readonly NamedDirection[],
  model: ModelChoice,
  shell: Shell,
): string[] {
  return directions.flatMap(({ name, site, origin }) => {
    if ('file' in origin) return [];
    const { more, less } = origin;
    const texts = [['site', site], ['more', more], ['less', less]] as const; // prettier-ignore
    const options = [...modelOptions(model), ...texts, ['out', madeFile(name)] as const];
    return [commandLine(['monosem', 'direction'], options, shell)];
  });
}

/** In the folder where the commands run. */
function madeFile(name: string): string {
  return `${name}.safetensors`;
}

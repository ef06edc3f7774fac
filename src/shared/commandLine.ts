// Commands of `monosem` as text for a shell.
import type { ModelChoice } from './engineProtocol.ts';
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';
import { isArgument, quoted, type Shell } from './shellWords.ts';

/** One that has no value is left out. */
export type Option = readonly [name: string, value: string | number | undefined];

/**
 * @param words in front, as they are
 * @throws MonosemError `badArgument` for a text that no command line can hold
 */
export function commandLine(
  words: readonly string[],
  options: readonly Option[],
  shell: Shell,
): string {
  const line = [...words];
  for (const [name, value] of options) {
    if (value === undefined) continue;
    const text = String(value);
    if (!isArgument(text)) throw noArgument(name);
    // A value that looks like an option, or like nothing, has to hang on its name.
    if (text === '' || text.startsWith('-')) line.push(quoted(`--${name}=${text}`, shell));
    else line.push(`--${name}`, quoted(text, shell));
  }
  return line.join(' ');
}

/** Which model, and where it runs. */
export function modelOptions({ model, variant, provider, deviceId }: ModelChoice): Option[] {
  return [
    ['model', model],
    ['variant', variant],
    ['provider', provider],
    ['device', deviceId],
  ];
}

function noArgument(option: string): MonosemError {
  return new MonosemError(
    'badArgument',
    t(
      'The text of {0} holds a NUL character, which no command can take; remove it.',
      `--${option}`,
    ),
  );
}

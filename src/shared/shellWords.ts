// Words of a command line, quoted so that a shell hands them over as they are.

/** `powershell` is PowerShell 7.3 or newer: older ones lose double quotes on their way to a program. */
export type Shell = 'posix' | 'powershell';

/** What no shell takes for anything but itself. */
const plain = /^[\w./-]+$/;

/** One word. Text with NUL is no argument of any program, see `isArgument`. */
export function quoted(word: string, shell: Shell): string {
  if (plain.test(word)) return word;
  return shell === 'posix'
    ? `'${word.replaceAll("'", String.raw`'\''`)}'`
    : // PowerShell takes typographic single quotes for the plain one.
      `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}

/** Can a program be given this text at all? */
export function isArgument(text: string): boolean {
  return !text.includes('\0');
}

// The words that shells hand to a program.
import { execFileSync } from 'node:child_process';

/** What a POSIX shell makes of a line. */
export function posixWords(line: string): string[] {
  const out = execFileSync('sh', ['-c', `monosem() { printf '%s\\0' "$@"; }\n${line}`]);
  return new TextDecoder().decode(out).split('\0').slice(0, -1);
}

/** What PowerShell makes of a line of plain and single-quoted words (about_Quoting_Rules). */
export function powershellWords(line: string): string[] {
  const words = line.match(/(?:[^\s'‘’‚‛]+|['‘’‚‛](?:[^'‘’‚‛]|['‘’‚‛]{2})*['‘’‚‛])+/gu) ?? [];
  return words
    .slice(1)
    .map((word) =>
      /^['‘’‚‛]/.test(word) ? word.slice(1, -1).replaceAll(/(['‘’‚‛])['‘’‚‛]/g, '$1') : word,
    );
}

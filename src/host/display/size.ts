// Sizes of files for people, in the decimal units that model hubs use. Without VS Code.

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** At most three significant digits, e.g. `98.3 MB`. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${Number(size.toPrecision(3))} ${units[unit] ?? ''}`;
}

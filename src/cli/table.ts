// Plain-text tables for people: columns padded by display width, numbers right-aligned. Programs use --json instead.

export type Alignment = 'left' | 'right';

export interface Column {
  readonly title: string;
  readonly align?: Alignment;
}

/** Columns a terminal needs for a text: wide East Asian characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\p{Default_Ignorable_Code_Point}/u.test(character)) continue;
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

function pad(text: string, width: number, align: Alignment): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/** Header, rule and rows, without trailing blanks. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, c) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[c] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, c) => pad(cells[c] ?? '', widths[c] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.title)),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map(line),
  ].join('\n');
}

/** A token on one line: control characters made visible, everything else as it is. */
export function visibleToken(text: string): string {
  return (
    text
      .replaceAll('\n', '⏎')
      .replaceAll('\r', '␍')
      .replaceAll('\t', '⇥')
      .replaceAll(' ', '·')
      // What is left of the control characters would move the cursor or change colours.
      .replace(/\p{Cc}/gu, '�')
  );
}

/** A difference, with its sign. */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
}

/** A bar of eighths of a block, `cells` wide at share 1. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const rest = ' ▏▎▍▌▋▊▉'.charAt(eighths % 8);
  return ('█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : rest)).padEnd(cells);
}

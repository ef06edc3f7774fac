// Links of markdown that run a command of VS Code. Without VS Code.

/**
 * @param text words of our own; text of files and models never is the text of a link
 * @param title what the link does, without quotation marks
 */
export function commandLink(
  text: string,
  title: string,
  command: string,
  args: readonly (number | string)[] = [],
): string {
  // A parenthesis in the name of a folder would end the link.
  const encoded = encodeURIComponent(JSON.stringify(args))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  const target = args.length === 0 ? command : `${command}?${encoded}`;
  return `[${text}](command:${target} "${title.replaceAll('"', "'")}")`;
}

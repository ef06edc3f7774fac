// Titles of commands in the user's language, for what names them or is opened by them. Without VS Code.
import { commands } from '../../shared/contributions.ts';
import type { CommandName } from '../../shared/contributions.ts';
import { translated } from '../../shared/l10n.ts';

export function commandTitle(name: CommandName): string {
  return translated(commands[name].title);
}

/** For what a command opens to ask: without the ellipsis that says that it asks. */
export function pickerTitle(name: CommandName): string {
  return commandTitle(name).replace(/…$/, '');
}

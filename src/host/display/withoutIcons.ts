// Text of files and models in places where VS Code draws icons for `$(name)`. Without VS Code.
import { oneLine } from './oneLine.ts';

const icon = /\$\((?=[a-z\d-]+(~[a-z]+)?\))/gi;

/** One line that shows exactly this text. */
export function withoutIcons(text: string): string {
  return oneLine(text).replaceAll(icon, '\\$(');
}

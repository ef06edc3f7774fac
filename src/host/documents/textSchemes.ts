// Which URI schemes hold a text to read, and which belong to editors that are a part of VS Code: fields one types into,
// logs, settings, what other programs print. Whatever is not known here is a text, be it of a file system of somebody
// else, of git, or a continuation of our own. Pure.
import { documentScheme } from '../../shared/contributions.ts';

const parts: ReadonlySet<string> = new Set([
  // Logs, and what the debugger and terminals print.
  ...['output', 'debug', 'vscode-terminal', 'accessible-view'],
  // Fields one types into: commit messages, comments, questions to a chat, consoles.
  ...['vscode-scm', 'comment', 'chatSessionInput', 'vscode-interactive-input'],
  // What a chat answers, apart from the files it edits.
  ...['vscode-chat-code-block', 'vscode-chat-code-compare-block', 'vscode-chat-editor'],
  'vscode-chat-response-resource',
  // Pages of VS Code itself.
  ...['vscode', 'vscode-settings', 'code-setting', 'walkThrough', 'walkThroughSnippet'],
  // Parts of notebooks that are not their cells.
  ...['vscode-notebook-metadata', 'vscode-notebook-cell-metadata', 'vscode-notebook-cell-output'],
  ...['vscode-notebook-cell-metadata-diff', 'vscode-notebook-cell-output-diff'],
  // Lists of places in other files.
  'search-editor',
  // Previews that only exist while something is chosen.
  'inmemory',
  documentScheme,
]);

export function holdsText(scheme: string): boolean {
  return !parts.has(scheme);
}

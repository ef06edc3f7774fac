import { expect, test } from 'vitest';
import { holdsText } from '../../../src/host/documents/textSchemes.ts';
import { documentScheme, textScheme } from '../../../src/shared/contributions.ts';

test.each([
  ...['file', 'untitled', 'vscode-notebook-cell', 'git', 'vscode-vfs', 'memfs', 'vscode-userdata'],
  ...['vscode-local-history', 'chat-editing-snapshot-text-model', 'gitfs', textScheme],
])('%s holds a text to read', (scheme) => {
  expect(holdsText(scheme)).toBe(true);
});

test.each([
  ...['output', 'debug', 'vscode-scm', 'comment', 'vscode-interactive-input', 'chatSessionInput'],
  ...['vscode-terminal', 'vscode-settings', 'search-editor', documentScheme],
])('%s is a part of VS Code', (scheme) => {
  expect(holdsText(scheme)).toBe(false);
});

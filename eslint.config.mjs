// Lint: typescript-eslint's strictest typed rules, our own typed rule, and the names that may appear in one file
// only ("doors"). Imports between folders are the business of .dependency-cruiser.cjs.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { noDroppedDisposable } from './scripts/lint/noDroppedDisposable.mjs';
import { noForgottenText } from './scripts/lint/noForgottenText.mjs';

/** What only one file may do: the pattern, the file, and what everybody else does instead. */
const doors = [
  {
    file: 'src/host/settings.ts',
    selector: "MemberExpression[property.name='getConfiguration']",
    message: 'Read settings through src/host/settings.ts.',
  },
  {
    file: 'src/host/commands/commands.ts',
    selector: 'MemberExpression[property.name=/^register(TextEditor)?Command$/]',
    message: 'Register commands in src/host/commands/commands.ts.',
  },
  {
    file: 'webview/common/channel.ts',
    selector: "Identifier[name='acquireVsCodeApi']",
    message: 'Talk to the host through webview/common/channel.ts.',
  },
  {
    file: 'src/engine/hub/request.ts',
    selector:
      "CallExpression[callee.name='fetch'], MemberExpression[property.type='Identifier'][property.name='fetch']",
    message:
      'Nothing but downloads somebody asked for uses the network: src/engine/hub/request.ts.',
  },
  {
    selector:
      'Identifier[name=/^(WebSocket|EventSource|XMLHttpRequest|sendBeacon|createTelemetryLogger)$/]',
    message: 'Nothing is sent anywhere: no connections beside downloads, no telemetry.',
  },
  {
    selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
    message: 'Text of models and files is untrusted: create nodes and set textContent.',
  },
];
/**
 * Every door but the one that `openFile` is.
 * @param {string} [openFile]
 * @returns {import('eslint').Linter.RuleEntry}
 */
const closedDoors = (openFile) => [
  'error',
  ...doors
    .filter((door) => door.file === undefined || door.file !== openFile)
    .map(({ selector, message }) => ({ selector, message })),
];

// Rules typed by typescript-eslint and plug-ins typed by eslint differ only in readonly-ness.
const local = /** @type {import('eslint').ESLint.Plugin} */ (
  /** @type {unknown} */ ({
    rules: {
      'no-dropped-disposable': noDroppedDisposable,
      'no-forgotten-text': noForgottenText,
    },
  })
);

export default defineConfig(
  { ignores: ['dist/**', '.cache/**', 'models/**', 'samples/**'] },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { local },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'local/no-dropped-disposable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 12],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'error' },
  },
  { files: ['{src,webview}/**/*.ts'], rules: { 'no-restricted-syntax': closedDoors() } },
  ...doors.flatMap(({ file }) =>
    file === undefined
      ? []
      : [{ files: [file], rules: { 'no-restricted-syntax': closedDoors(file) } }],
  ),
  {
    files: ['{src/{host,providers,shared},webview}/**/*.ts', 'src/{extension,surfaces}.ts'],
    ignores: [
      'src/host/display/{features/**,statusText.ts}',
      'src/providers/{statusBar.ts,comparison/**,decorations/**,tokens/**,trees/**}',
    ],
    rules: {
      'local/no-forgotten-text': ['error', { names: ['Monosem', 'VS Code'] }],
    },
  },
  // What is wrong with a call is for people who write extensions, and the story for a model that reads English.
  {
    files: ['src/host/api/**/*.ts', 'src/host/sampleStory.ts'],
    rules: { 'local/no-forgotten-text': 'off' },
  },
  // Titles of commands: l10n/bundle.l10n.json takes them from there.
  { files: ['src/shared/contributions.ts'], rules: { 'local/no-forgotten-text': 'off' } },
  { files: ['src/cli/**/*.ts', 'bench/**/*.ts', 'scripts/**'], rules: { 'no-console': 'off' } },
  // What mocha's describe() returns has a dispose() of its own, which mocha calls.
  { files: ['test/suite/**/*.ts'], rules: { 'local/no-dropped-disposable': 'off' } },
  // Kernels index typed arrays whose sizes were checked at the door, and their arguments are mathematics.
  {
    files: ['src/engine/math/**/*.ts'],
    rules: { 'max-params': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);

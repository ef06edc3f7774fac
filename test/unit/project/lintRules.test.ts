// The project's own lint rules, run with the project's own configuration on short texts that stand in for a file.
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';

const eslint = new ESLint({ cwd: root });

/** Rules that `text` breaks when it is the content of `file`, which must exist. */
async function brokenRules(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: file });
  return result?.messages.map(({ ruleId }) => ruleId) ?? [];
}

describe('no-dropped-disposable', () => {
  const rule = 'local/no-dropped-disposable';
  const declarations = `
    interface Thing { dispose(): void }
    interface Builder extends Thing { named(name: string): Builder }
    declare function open(): Thing;
    declare function maybe(): Thing | undefined;
    declare function openLater(): Promise<Thing>;
    declare function listen(listener: () => void, self?: object, owners?: Thing[]): Thing;
    declare const store: { add(thing: Thing): Thing };
    declare const builder: Builder;
    declare class Panel { dispose(): void }
    declare function count(): number;
  `;
  const check = (statement: string): Promise<(string | null)[]> =>
    brokenRules(
      'src/host/source/source.ts',
      `${declarations}\nexport async function work(): Promise<void> { ${statement}; }`,
    );

  test.each(['open()', 'maybe()', 'await openLater()', 'listen(() => undefined)', 'new Panel()'])(
    '%s is reported',
    async (statement) => {
      expect(await check(statement)).toContain(rule);
    },
  );

  test.each([
    'const kept = open(); kept.dispose()',
    'store.add(open())',
    'const owners: Thing[] = []; listen(() => undefined, undefined, owners)',
    "builder.named('x')",
    'count()',
  ])('%s is allowed', async (statement) => {
    expect(await check(statement)).not.toContain(rule);
  });
});

describe('no-forgotten-text', () => {
  const rule = 'local/no-forgotten-text';
  const check = (expression: string): Promise<(string | null)[]> =>
    brokenRules(
      'src/host/source/source.ts',
      `import { t } from '../shared/l10n.ts'; import { log, n, MonosemError, page } from './x.ts';
       export const f = (x: string): unknown => { return ${expression}; }`,
    );

  test.each([
    "'No feature is active.'",
    "'Stop'",
    '`feature ${n}`',
    '`${n} tokens`',
    "{ label: 'Choose a file' }",
    "new MonosemError('badArgument', 'There is no such feature.')",
    "t('{0}', 'in view of all')",
    "log.info(x === 'Run' ? 'a b' : 'c d') || 'Run again'",
    "page.querySelector('a b').map(() => 'two words')",
  ])('%s is reported', async (expression) => {
    expect(await check(expression)).toContain(rule);
  });

  test.each([
    "t('No feature is active.')",
    "'blocks.2.hook_resid_post'",
    "'Monosem'",
    "'DirectML'",
    '`hubToken ${n}`',
    '\'<svg class="a b">\'',
    "x === 'Enter'",
    "{ class: 'notice quiet' }",
    "{ 'aria label': 1 }",
    "log.warn('The engine is slow.')",
    "page.querySelectorAll('ul li')",
    "new Error('This cannot be.')",
    "new MonosemError('internal', 'This cannot be.')",
  ])('%s is allowed', async (expression) => {
    expect(await check(expression)).not.toContain(rule);
  });
});

describe('doors', () => {
  const cases = [
    {
      text: "import { workspace } from 'vscode'; export const c = workspace.getConfiguration('x');",
      open: 'src/host/settings.ts',
      closed: 'src/host/source/source.ts',
    },
    {
      text: "import { commands } from 'vscode'; export const c = commands.registerCommand('x', () => undefined);",
      open: 'src/host/commands/commands.ts',
      closed: 'src/host/source/source.ts',
    },
    {
      text: "export const answer = fetch('https://huggingface.co');",
      open: 'src/engine/hub/request.ts',
      closed: 'src/engine/hub/listing.ts',
    },
    {
      text: "export const answer = globalThis.fetch('https://huggingface.co');",
      open: 'src/engine/hub/request.ts',
      closed: 'src/host/hub/hub.ts',
    },
    {
      text: 'declare function acquireVsCodeApi(): object; export const api = acquireVsCodeApi();',
      open: 'webview/common/channel.ts',
      closed: 'webview/common/tooltip.ts',
    },
  ];

  test.each(cases)('only $open opens its door', async ({ text, open, closed }) => {
    expect(await brokenRules(closed, text)).toContain('no-restricted-syntax');
    expect(await brokenRules(open, text)).not.toContain('no-restricted-syntax');
  });

  test.each([
    "export const socket = new WebSocket('wss://example.org');",
    "import { env } from 'vscode'; export const log = env.createTelemetryLogger({});",
    "navigator.sendBeacon('https://example.org'); export {};",
  ])('nothing reports home: %s', async (text) => {
    for (const file of ['src/host/hub/hub.ts', 'src/engine/hub/request.ts'])
      expect(await brokenRules(file, text)).toContain('no-restricted-syntax');
  });

  test('nothing sets innerHTML', async () => {
    const text = "document.body.innerHTML = '<b>x</b>'; export {};";
    expect(await brokenRules('webview/common/channel.ts', text)).toContain('no-restricted-syntax');
  });
});

// A view alone in a plain browser page: its bundle in the document of the real panel, the colours of a theme, and in the
// place of VS Code a recorder of what the view says. Nothing is built beforehand.
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { type Texts, viewDocument } from '../../src/host/views/viewDocument.ts';
import { type ThemeName, themes } from './themes.ts';

// https, because the clipboard exists in secure pages only; nothing leaves the browser.
const origin = 'https://webview.test';
const nonce = 'e2e';
const repository = path.resolve(import.meta.dirname, '../..');
const screenshots = path.join(repository, '.cache', 'e2e');

export type ViewName = 'feature' | 'steer';

export interface ViewPageOptions {
  readonly view: ViewName;
  readonly theme: ThemeName;
  readonly width: number;
  readonly height?: number;
  /** Another language than English, and its words. */
  readonly language?: string;
  readonly texts?: Texts;
  /** What `getState` gives: a view that is loaded again. */
  readonly state?: unknown;
}

/** What a model might write to get into the page. */
export const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

export async function isHacked({ page }: ViewPage): Promise<boolean> {
  return page.evaluate(() => 'hacked' in globalThis || document.querySelector('main img') !== null);
}

interface Recorder {
  posted: { kind: string }[];
  state: unknown;
}

interface RecordingPage {
  readonly recorder: Recorder;
}

export interface ViewPage {
  readonly page: Page;
  /** Everything that went wrong in the page: exceptions, console errors, violations of the policy. */
  readonly problems: readonly string[];
  send(message: { readonly kind: string }): Promise<void>;
  /** What the view has said so far. */
  posted(): Promise<readonly { readonly kind: string }[]>;
  /** What the view has stored. */
  storedState(): Promise<unknown>;
  /** The whole page, into .cache/e2e. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

let browser: Browser | undefined;

/** Starts the browser in which the tests of a file open views, and closes it behind the last one. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
}

export async function openView(options: ViewPageOptions): Promise<ViewPage> {
  if (browser === undefined) throw new Error('a file that opens views begins with useBrowser()');
  const { width, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 2 });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const recording = await page.addInitScript((state: unknown) => {
    const recorder: Recorder = { posted: [], state };
    Object.assign(globalThis, {
      recorder,
      acquireVsCodeApi: () => ({
        postMessage: (message: { kind: string }) => recorder.posted.push(message),
        getState: () => recorder.state,
        setState: (next: unknown) => {
          recorder.state = structuredClone(next);
        },
      }),
    });
  }, options.state);
  const serving = await serve(page, options);
  await page.goto(`${origin}/`);
  return {
    page,
    problems,
    send: (message) =>
      page.evaluate((data) => {
        window.postMessage(data, '*');
        return new Promise((resolve) => setTimeout(resolve, 0));
      }, message),
    posted: () => page.evaluate(() => (globalThis as unknown as RecordingPage).recorder.posted),
    storedState: () => page.evaluate(() => (globalThis as unknown as RecordingPage).recorder.state),
    screenshot: async (name) => {
      fs.mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
    },
    close: async () => {
      await recording.dispose();
      await serving.dispose();
      await context.close();
    },
  };
}

interface Serving {
  dispose(): Promise<void>;
}

async function serve(page: Page, options: ViewPageOptions): Promise<Serving> {
  const { view, theme } = options;
  const { script, styles } = await bundle(view);
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', shell(options)],
    '/theme.css': ['text/css', themeStyles(theme, view)],
    '/view.css': ['text/css', styles],
    '/view.js': ['text/javascript', script],
  };
  return page.route(`${origin}/**`, async (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? [
      'text/plain',
      '',
    ];
    await route.fulfill({ status: 200, contentType: `${contentType}; charset=utf-8`, body });
  });
}

/** What VS Code adds to the document of a view: the colours, and what kind of theme they are of. */
function shell({ view, theme, language = 'en', texts }: ViewPageOptions): string {
  const { bodyClass } = themes[theme];
  const html = viewDocument({
    ...{ title: view, nonce, cspSource: origin, script: '/view.js', style: '/view.css' },
    ...{ language, texts },
  });
  const head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/theme.css">';
  return html
    .replace('<link rel="stylesheet"', `${head}<link rel="stylesheet"`)
    .replace('<body>', `<body class="${bodyClass}" data-vscode-theme-kind="${bodyClass}">`);
}

function themeStyles(theme: ThemeName, view: ViewName): string {
  const variables = Object.entries(themes[theme].variables).map(
    ([name, value]) => `--vscode-${name}: ${value};`,
  );
  const background = view === 'feature' ? 'sideBar' : 'editor';
  return `html { ${variables.join(' ')} background: var(--vscode-${background}-background); }`;
}

const bundles = new Map<ViewName, Promise<{ script: string; styles: string }>>();

function bundle(view: ViewName): Promise<{ script: string; styles: string }> {
  let built = bundles.get(view);
  if (built === undefined) {
    built = buildView(view);
    bundles.set(view, built);
  }
  return built;
}

async function buildView(view: ViewName): Promise<{ script: string; styles: string }> {
  const { outputFiles } = await build({
    entryPoints: { [view]: path.join(repository, 'webview', view, 'main.ts') },
    outdir: path.join(repository, 'dist', 'webview'),
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  });
  const textOf = (extension: string): string =>
    outputFiles.find((file) => file.path.endsWith(extension))?.text ?? '';
  return { script: textOf('.js'), styles: textOf('.css') };
}

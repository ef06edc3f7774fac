// What every web view needs: its document, and a typed channel whose incoming messages are validated. Every view is told
// the palette of features. It knows no view in particular.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { locale } from '../../shared/l10n.ts';
import type { PaletteMessage } from '../../shared/webviewProtocol.ts';
import { onDidChangeSettings, readSetting } from '../settings.ts';
import { viewDocument } from './viewDocument.ts';

export interface ViewOptions<In> {
  readonly extensionUri: vscode.Uri;
  /** Name of the bundle in dist/webview. */
  readonly app: 'feature' | 'steer';
  readonly title: string;
  /** Messages from a view are untrusted: `undefined` for one that is not well-formed. */
  readonly read: (message: unknown) => In | undefined;
  readonly onMessage: (message: In) => void;
  readonly onMalformed: () => void;
}

export interface ViewChannel<Out> extends Disposable {
  post(message: Out): void;
}

/** Folders a view may load from. */
export function viewRoots(extensionUri: vscode.Uri): readonly vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')];
}

/** Fills a webview and connects it. */
export function openChannel<In extends { readonly kind: string }, Out>(
  webview: vscode.Webview,
  options: ViewOptions<In>,
): ViewChannel<Out> {
  const lifetime = new DisposableStore();
  webview.options = { enableScripts: true, localResourceRoots: viewRoots(options.extensionUri) };
  lifetime.add(
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = options.read(raw);
      // A view that is loaded again begins anew; before it has features it knows their colours.
      if (message?.kind === 'ready') tellPalette(webview);
      if (message === undefined) options.onMalformed();
      else options.onMessage(message);
    }),
  );
  lifetime.add(
    onDidChangeSettings((names) => {
      if (names.includes('palette')) tellPalette(webview);
    }),
  );
  webview.html = html(webview, options);
  return {
    post: (message) => {
      if (!lifetime.isDisposed) void webview.postMessage(message);
    },
    dispose: () => lifetime.dispose(),
  };
}

function tellPalette(webview: vscode.Webview): void {
  const message: PaletteMessage = { kind: 'palette', palette: readSetting('palette') };
  void webview.postMessage(message);
}

function html<In>(webview: vscode.Webview, options: ViewOptions<In>): string {
  const file = (name: string): string =>
    webview
      .asWebviewUri(vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview', name))
      .toString();
  return viewDocument({
    title: options.title,
    nonce: randomBytes(16).toString('base64url'),
    cspSource: webview.cspSource,
    script: file(`${options.app}.js`),
    style: file(`${options.app}.css`),
    language: locale(),
    texts: vscode.l10n.bundle,
  });
}

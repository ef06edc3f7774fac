// The only user of acquireVsCodeApi. Everything a view says to the extension host and hears from it passes here, typed by
// the two unions of its protocol. A test needs no other seam: it defines `acquireVsCodeApi` in a plain page and
// posts messages to the window, as VS Code does.
import type { PaletteMessage } from '../../src/shared/webviewProtocol.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Channel<In, Out, State> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** What `setState` kept before the view was last reloaded; written by this view, but maybe by an older version. */
  getState(): Partial<State> | undefined;
  setState(state: State): void;
}

/** May be called once per page: VS Code hands its API out a single time. */
export function connect<In extends { readonly kind: string }, Out, State extends object>(): Channel<
  In,
  Out,
  State
> {
  const api = acquireVsCodeApi();
  return {
    post: (message) => {
      api.postMessage(message);
    },
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (!isMessage(event.data)) return;
        if (isPalette(event.data)) document.body.dataset['palette'] = event.data.palette;
        else listener(event.data as In);
      });
    },
    getState: () => {
      const state = api.getState();
      return typeof state === 'object' && state !== null ? state : undefined;
    },
    setState: (state) => {
      api.setState(state);
    },
  };
}

function isPalette(message: { readonly kind: string }): message is PaletteMessage {
  return message.kind === 'palette';
}

function isMessage(data: unknown): data is { readonly kind: string } {
  return typeof data === 'object' && data !== null && 'kind' in data;
}

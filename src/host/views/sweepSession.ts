// Sweeps of a steering view: one edit at several strengths. One at a time; another one takes its place. Without VS Code.
import { messageOf } from '../../shared/errors.ts';
import type { FromSteerView, ToSteerView } from '../../shared/webviewProtocol.ts';
import type { SteerPorts } from './steerPorts.ts';

export type SweepPorts = Pick<SteerPorts, 'engine' | 'source' | 'directions'> & {
  readonly post: (message: ToSteerView) => void;
};

type SweepRequest = Omit<Extract<FromSteerView, { readonly kind: 'sweep' }>, 'kind'>;

/** The sweep in progress. */
interface Sweeping {
  readonly sweep: number;
  readonly abort: AbortController;
}

export class SweepSession {
  readonly #ports: SweepPorts;
  #sweeping: Sweeping | undefined;

  constructor(ports: SweepPorts) {
    this.#ports = ports;
  }

  async sweep({ sweep, settings, ...request }: SweepRequest): Promise<void> {
    this.stop();
    const { directions, engine, source: currentSource, post } = this.#ports;
    const sweeping = { sweep, abort: new AbortController() };
    const { signal } = sweeping.abort;
    this.#sweeping = sweeping;
    try {
      const source = await currentSource();
      const edits = await directions.resolve(request.edits, source);
      const params = { ...settings, ...request, edits, source };
      const result = await engine.call('sweep', params, {
        signal,
        onProgress: ({ done, of }) => {
          if (!signal.aborted) post({ kind: 'sweepProgress', sweep, done, of });
        },
      });
      if (!signal.aborted) post({ kind: 'sweepFinished', sweep, result });
    } catch (error) {
      if (!signal.aborted) post({ kind: 'sweepFailed', sweep, message: messageOf(error) });
    }
    if (this.#sweeping === sweeping) this.#sweeping = undefined;
  }

  stop(): void {
    const sweeping = this.#sweeping;
    if (sweeping === undefined) return;
    this.dispose();
    this.#ports.post({ kind: 'sweepStopped', sweep: sweeping.sweep });
  }

  dispose(): void {
    this.#sweeping?.abort.abort();
    this.#sweeping = undefined;
  }
}

// Sweeps of a steering view: one edit at several strengths. One at a time; another one takes its place. Without VS Code.
import type { FromSteerView, ToSteerView } from '../../shared/webviewProtocol.ts';
import { NewestWork } from './newestWork.ts';
import type { SteerPorts } from './steerSession.ts';

export type SweepPorts = Pick<SteerPorts, 'engine' | 'source'> & {
  readonly post: (message: ToSteerView) => void;
};

type SweepRequest = Omit<Extract<FromSteerView, { readonly kind: 'sweep' }>, 'kind'>;

export class SweepSession {
  readonly #ports: SweepPorts;
  readonly #work = new NewestWork();

  constructor(ports: SweepPorts) {
    this.#ports = ports;
  }

  sweep({ sweep, settings, ...request }: SweepRequest): Promise<void> {
    const { engine, source, post } = this.#ports;
    return this.#work.begin({
      perform: async (signal) =>
        engine.call(
          'sweep',
          { ...settings, ...request, source: await source() },
          {
            signal,
            onProgress: ({ done, of }) => {
              if (!signal.aborted) post({ kind: 'sweepProgress', sweep, done, of });
            },
          },
        ),
      onResult: (result) => post({ kind: 'sweepFinished', sweep, result }),
      onFailure: (message) => post({ kind: 'sweepFailed', sweep, message }),
      onStopped: () => post({ kind: 'sweepStopped', sweep }),
    });
  }

  stop(): void {
    this.#work.stop();
  }

  dispose(): void {
    this.#work.dispose();
  }
}

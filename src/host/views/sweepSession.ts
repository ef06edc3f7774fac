// Sweeps of a steering view: one edit at several strengths. One at a time; another one takes its place. Without VS Code.
import type { FromSteerView, ToSteerView } from '../../shared/webviewProtocol.ts';
import { NewestWork } from './newestWork.ts';
import type { SteerPorts } from './steerPorts.ts';

export type SweepPorts = Pick<SteerPorts, 'engine' | 'source' | 'directions'> & {
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
    const { directions, engine, source: currentSource, post } = this.#ports;
    return this.#work.begin({
      perform: async (signal) => {
        const source = await currentSource();
        const edits = await directions.resolve(request.edits, source);
        return engine.call(
          'sweep',
          { ...settings, ...request, edits, source },
          {
            signal,
            onProgress: ({ done, of }) => {
              if (!signal.aborted) post({ kind: 'sweepProgress', sweep, done, of });
            },
          },
        );
      },
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

// How likely a given continuation is under the edits of a steering view. One measurement at a time; another one takes its
// place. Without VS Code.
import type { FromSteerView, ToSteerView } from '../../shared/webviewProtocol.ts';
import { NewestWork } from './newestWork.ts';
import type { SteerPorts } from './steerPorts.ts';

export type LikelihoodPorts = Pick<SteerPorts, 'engine' | 'source' | 'directions'> & {
  readonly post: (message: ToSteerView) => void;
};

type MeasurementRequest = Omit<
  Extract<FromSteerView, { readonly kind: 'measureLikelihood' }>,
  'kind'
>;

export class LikelihoodSession {
  readonly #ports: LikelihoodPorts;
  readonly #work = new NewestWork();

  constructor(ports: LikelihoodPorts) {
    this.#ports = ports;
  }

  measure({ measurement, ...request }: MeasurementRequest): Promise<void> {
    const { directions, engine, source: currentSource, post } = this.#ports;
    return this.#work.begin({
      perform: async (signal) => {
        const source = await currentSource();
        const edits = await directions.resolve(request.edits, source);
        return engine.call('continuationEffect', { ...request, edits, source }, { signal });
      },
      onResult: (effect) => post({ kind: 'likelihoodMeasured', measurement, effect }),
      onFailure: (message) => post({ kind: 'likelihoodFailed', measurement, message }),
      onStopped: () => post({ kind: 'likelihoodStopped', measurement }),
    });
  }

  stop(): void {
    this.#work.stop();
  }

  dispose(): void {
    this.#work.dispose();
  }
}

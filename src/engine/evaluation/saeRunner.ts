// An SAE alone in a session: features and reconstruction of given activations, measured block by block, so that memory
// stays bounded however many features there are. It runs no model.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import { packModel } from '../onnx/externalData/externalData.ts';
import { GraphBuilder } from '../onnx/graph/builder.ts';
import { openSession, type OnnxTensors, type Session } from '../onnx/runtime/session.ts';
import type { Sae } from '../sae/sae.ts';
import { emitDecode } from '../sae/subgraph/decode.ts';
import { emitEncode } from '../sae/subgraph/encode.ts';
import { ReconstructionMeter, type ReconstructionReport } from './reconstruction.ts';

/** 64 MiB of float32. */
const blockFeatures = 2 ** 24;

const names = { x: 'x', features: 'features', reconstruction: 'reconstruction' } as const;

export class SaeRunner implements Disposable {
  readonly #sae: Sae;
  readonly #session: Session;

  private constructor(sae: Sae, session: Session) {
    this.#sae = sae;
    this.#session = session;
  }

  static async open(sae: Sae): Promise<SaeRunner> {
    const builder = new GraphBuilder({ name: 'sae' });
    const x = builder.input(names.x, 'float32', ['batch', 'tokens', sae.D]);
    const features = emitEncode(builder, sae, x);
    builder.output(names.features, features);
    builder.output(names.reconstruction, emitDecode(builder, sae, { x, features }));
    return new SaeRunner(sae, await openSession(packModel(builder.build())));
  }

  /**
   * How well x, encoded and decoded, gives y.
   * @param x [T, D] at the site it reads
   * @param y [T, DOut] at the site it writes
   * @param atOnce activations of features in memory at a time
   */
  async measure(x: Tensor, y: Tensor, atOnce = blockFeatures): Promise<ReconstructionReport> {
    const { D, DOut, F } = this.#sae;
    const meter = new ReconstructionMeter(DOut, F);
    const tokens = x.data.length / D;
    const block = Math.max(1, Math.floor(atOnce / F));
    for (let from = 0; from < tokens; from += block) {
      const to = Math.min(from + block, tokens);
      const data = x.data.slice(from * D, to * D);
      const outputs = await this.#session.run({
        [names.x]: { type: 'float32', dims: [1, to - from, D], data },
      });
      meter.add(
        y.data.subarray(from * DOut, to * DOut),
        float32(outputs, names.reconstruction),
        float32(outputs, names.features),
      );
    }
    return meter.report();
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function float32(outputs: OnnxTensors, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type === 'float32') return tensor.data;
  throw new MonosemError('internal', `The graph of the SAE did not give ${name} in float32.`);
}

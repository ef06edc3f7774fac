// Runs texts through the model and an SAE at its site, in one graph, and measures sparsity and reconstruction. BOS is
// left out: the SAE was not made for it.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { fittedSae } from '../sae/fits.ts';
import type { Sae } from '../sae/sae.ts';
import { emitDecode } from '../sae/subgraph/decode.ts';
import { emitEncode } from '../sae/subgraph/encode.ts';
import { ReconstructionMeter, type ReconstructionReport } from './reconstruction.ts';

const names = {
  target: 'monosem.target',
  features: 'monosem.features',
  reconstruction: 'monosem.reconstruction',
} as const;

export class SaeMeter implements Disposable {
  readonly #sae: Sae;
  readonly #program: Program;
  readonly #meter: ReconstructionMeter;

  private constructor(sae: Sae, program: Program) {
    this.#sae = sae;
    this.#program = program;
    this.#meter = new ReconstructionMeter(sae.DOut, sae.F);
  }

  /** @throws MonosemError `saeDoesNotFit` or `unknownSite` */
  static async open(model: OpenModel, anySae: Sae): Promise<SaeMeter> {
    const sae = fittedSae(anySae, model);
    const overlay = new Overlay(model.onnx, model.sites);
    const { builder } = overlay;
    const x = overlay.read(sae.site);
    const features = emitEncode(builder, sae, x);
    // A transcoder is measured by what it predicts.
    const target = sae.outputSite === sae.site ? x : overlay.read(sae.outputSite);
    builder.output(names.target, target);
    builder.output(names.features, features);
    builder.output(names.reconstruction, emitDecode(builder, sae, { x, features }));
    return new SaeMeter(sae, await Program.open(overlay, model.execution));
  }

  /** @param ids one text [T], BOS first; T at most the model's context */
  async add(ids: Uint32Array): Promise<void> {
    if (ids.length < 2) return;
    const { outputs } = await this.#program.run({ ids, batch: 1 });
    const { DOut, F } = this.#sae;
    this.#meter.add(
      float32(outputs, names.target).subarray(DOut),
      float32(outputs, names.reconstruction).subarray(DOut),
      float32(outputs, names.features).subarray(F),
    );
  }

  report(): ReconstructionReport {
    return this.#meter.report();
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function float32(outputs: OnnxTensors, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type === 'float32') return tensor.data;
  throw new MonosemError('internal', `The evaluation graph did not give ${name} in float32.`);
}

// Reads the residual stream at one site: the model up to there and nothing behind it.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { SessionOptions } from '../onnx/runtime/session.ts';
import type { OpenModel } from './openModel.ts';
import { Program } from './program.ts';

const outputName = 'monosem.site';

export class SiteReader implements Disposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** @throws MonosemError `unknownSite` */
  static async open(
    model: Pick<OpenModel, 'onnx' | 'sites'>,
    site: string,
    options: SessionOptions = {},
  ): Promise<SiteReader> {
    const overlay = new Overlay(model.onnx, model.sites);
    overlay.builder.output(outputName, overlay.read(site));
    return new SiteReader(await Program.open(overlay, options));
  }

  /**
   * x [T, D] of one sequence.
   * @param ids [T], BOS included where the model wants one; T ≥ 1 and within the model's context
   */
  async read(ids: Uint32Array): Promise<Tensor> {
    const { outputs } = await this.#program.run({ ids, batch: 1 });
    const x = outputs[outputName];
    if (x?.type !== 'float32') {
      throw new MonosemError('internal', 'The graph that reads a site has no such output.');
    }
    return { dims: x.dims.slice(1), data: x.data };
  }

  dispose(): void {
    this.#program.dispose();
  }
}

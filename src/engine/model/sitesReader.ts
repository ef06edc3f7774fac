// Reads several sites in one pass: the model as far as the last of them needs and nothing behind it.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { SessionOptions } from '../onnx/runtime/session.ts';
import type { OpenModel } from './openModel.ts';
import { Program } from './program.ts';

const outputName = (site: string): string => `monosem.site.${site}`;

export class SitesReader implements Disposable {
  readonly #program: Program;
  readonly #sites: readonly string[];

  private constructor(program: Program, sites: readonly string[]) {
    this.#program = program;
    this.#sites = sites;
  }

  /** @throws MonosemError `unknownSite` */
  static async open(
    model: Pick<OpenModel, 'onnx' | 'sites'>,
    sites: readonly string[],
    options: SessionOptions = {},
  ): Promise<SitesReader> {
    const overlay = new Overlay(model.onnx, model.sites);
    for (const site of sites) overlay.builder.output(outputName(site), overlay.read(site));
    return new SitesReader(await Program.open(overlay, options), sites);
  }

  /**
   * x [T, width] of one sequence, by site.
   * @param ids [T], BOS included where the model wants one; T ≥ 1 and within the model's context
   */
  async read(ids: Uint32Array): Promise<ReadonlyMap<string, Tensor>> {
    const { outputs } = await this.#program.run({ ids, batch: 1 });
    const found = new Map<string, Tensor>();
    for (const site of this.#sites) {
      const x = outputs[outputName(site)];
      if (x?.type !== 'float32') {
        throw new MonosemError('internal', `The graph that reads ${site} has no such output.`);
      }
      found.set(site, { dims: x.dims.slice(1), data: x.data });
    }
    return found;
  }

  dispose(): void {
    this.#program.dispose();
  }
}

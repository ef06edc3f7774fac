// Reads the residual stream at one site: the model up to there and nothing behind it.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import type { SessionOptions } from '../onnx/runtime/session.ts';
import type { OpenModel } from './openModel.ts';
import { SitesReader } from './sitesReader.ts';

export class SiteReader implements Disposable {
  readonly #reader: SitesReader;
  readonly #site: string;

  private constructor(reader: SitesReader, site: string) {
    this.#reader = reader;
    this.#site = site;
  }

  /** @throws MonosemError `unknownSite` */
  static async open(
    model: Pick<OpenModel, 'onnx' | 'sites'>,
    site: string,
    options: SessionOptions = {},
  ): Promise<SiteReader> {
    return new SiteReader(await SitesReader.open(model, [site], options), site);
  }

  /**
   * x [T, D] of one sequence.
   * @param ids [T], BOS included where the model wants one; T ≥ 1 and within the model's context
   */
  async read(ids: Uint32Array): Promise<Tensor> {
    const x = (await this.#reader.read(ids)).get(this.#site);
    if (x !== undefined) return x;
    throw new MonosemError('internal', `The reader of ${this.#site} did not read it.`);
  }

  dispose(): void {
    this.#reader.dispose();
  }
}

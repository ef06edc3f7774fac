// Activations of one site as a stream: token sequences go through the part of the model below the site, and blocks of
// rows come out in the same order. The BOS position is left out: its residual has another length than all others
// and would dominate the mean (Gemma Scope, arXiv 2408.05147, leaves it out too).
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import { openSession, type SessionOptions } from '../onnx/session.ts';

/** What of a model is needed to read inside it. */
export type Instrumentable = Pick<OpenModel, 'onnx' | 'sites'>;

const outputName = 'monosem.site';

export class SiteReader implements Disposable {
  readonly site: string;
  readonly #program: Program;

  private constructor(site: string, program: Program) {
    this.site = site;
    this.#program = program;
  }

  /** @throws MonosemError `unknownSite` */
  static async open(
    model: Instrumentable,
    site: string,
    options: SessionOptions = {},
  ): Promise<SiteReader> {
    const overlay = new Overlay(model.onnx, model.sites);
    overlay.builder.output(outputName, overlay.read(site));
    const session = await openSession(overlay.build(), options);
    return new SiteReader(site, new Program(session, model.sites.inputs));
  }

  /**
   * x of all tokens but the first → [T − 1, D].
   * @param ids [T], BOS first; 2 ≤ T ≤ the model's context
   */
  async read(ids: Uint32Array): Promise<Float32Array> {
    const { outputs } = await this.#program.run({ ids, batch: 1 });
    const x = outputs[outputName];
    if (x?.type !== 'float32') {
      throw new MonosemError('internal', `The site ${this.site} was not read in float32.`);
    }
    return x.data.subarray(x.data.length / ids.length);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

/**
 * Activations of every sequence that has a token behind its BOS.
 * @param sequences each BOS first, no longer than the model's context
 */
export async function* streamActivations(
  reader: SiteReader,
  sequences: Iterable<Uint32Array> | AsyncIterable<Uint32Array>,
): AsyncGenerator<Float32Array, void, undefined> {
  for await (const ids of sequences) {
    if (ids.length > 1) yield await reader.read(ids);
  }
}

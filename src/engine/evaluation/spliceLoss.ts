// What the model loses when it sees an SAE's reconstruction instead of the residual stream: cross-entropy and
// KL divergence with the reconstruction spliced in at the SAE's site, compared with the clean model and with the
// site set to zero. The first token (BOS) keeps its own residual in all three, and its prediction is not counted.
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { emitDivergence, emitLosses, followers } from '../model/tokenLosses.ts';
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import { fittedSae } from '../sae/fits.ts';
import type { Sae } from '../sae/sae.ts';
import { emitDecode } from '../sae/subgraph/decode.ts';
import { emitEncode } from '../sae/subgraph/encode.ts';

export interface SpliceReport {
  /** Predictions counted. */
  readonly tokens: number;
  /** Mean cross-entropies, nats per token. */
  readonly ceClean: number;
  readonly ceSae: number;
  readonly ceZero: number;
  /** (CE_zero − CE_sae) ÷ (CE_zero − CE_clean): 1 loses nothing, 0 is no better than zeros. */
  readonly ceScore: number;
  /** Mean KL(clean ‖ edited), nats per token. */
  readonly klSae: number;
  readonly klZero: number;
  /** (KL_zero − KL_sae) ÷ KL_zero */
  readonly klScore: number;
}

/** What the rest of the model sees in place of y [B, T, D]. */
type Edit = (overlay: Overlay, y: string) => string;

const names = {
  targets: 'monosem.targets',
  reference: 'monosem.reference',
  logProbabilities: 'monosem.logProbabilities',
  loss: 'monosem.loss',
  divergence: 'monosem.divergence',
} as const;

const afterLast = 2 ** 31 - 1;

export class SpliceMeter implements Disposable {
  readonly #clean: Program;
  readonly #withSae: Program;
  readonly #withZero: Program;
  readonly #programs = new DisposableStore();
  #tokens = 0;
  readonly #ce = { clean: 0, sae: 0, zero: 0 };
  readonly #kl = { sae: 0, zero: 0 };

  private constructor(clean: Program, withSae: Program, withZero: Program) {
    this.#clean = this.#programs.add(clean);
    this.#withSae = this.#programs.add(withSae);
    this.#withZero = this.#programs.add(withZero);
  }

  /** @throws MonosemError `saeDoesNotFit`, `unknownSite`, or `unsupportedModel` for a model without logits */
  static async open(model: OpenModel, anySae: Sae): Promise<SpliceMeter> {
    const sae = fittedSae(anySae, model);
    const splice: Edit = (overlay, y) => {
      const { builder } = overlay;
      const x = sae.outputSite === sae.site ? y : overlay.read(sae.site);
      return emitDecode(builder, sae, { x, features: emitEncode(builder, sae, x) });
    };
    const erase: Edit = ({ builder }, y) => builder.op('Mul', [y, builder.scalar(0)]);
    return new SpliceMeter(
      await openProgram(model),
      await openProgram(model, sae.outputSite, splice),
      await openProgram(model, sae.outputSite, erase),
    );
  }

  /** @param ids one text [T], BOS first; T at most the model's context */
  async add(ids: Uint32Array): Promise<void> {
    if (ids.length < 3) return;
    const targets = followers(ids, 0, ids.length);
    const clean = await this.#clean.run({ ids, batch: 1, feeds: { [names.targets]: targets } });
    const reference = float32(clean.outputs, names.logProbabilities);
    const feeds = { [names.targets]: targets, [names.reference]: reference };
    const sae = await this.#withSae.run({ ids, batch: 1, feeds });
    const zero = await this.#withZero.run({ ids, batch: 1, feeds });
    this.#tokens += ids.length - 2;
    this.#ce.clean += sumCounted(float32(clean.outputs, names.loss));
    this.#ce.sae += sumCounted(float32(sae.outputs, names.loss));
    this.#ce.zero += sumCounted(float32(zero.outputs, names.loss));
    this.#kl.sae += sumCounted(float32(sae.outputs, names.divergence));
    this.#kl.zero += sumCounted(float32(zero.outputs, names.divergence));
  }

  report(): SpliceReport {
    const mean = (sum: number): number => sum / this.#tokens;
    const { clean, sae, zero } = this.#ce;
    return {
      tokens: this.#tokens,
      ceClean: mean(clean),
      ceSae: mean(sae),
      ceZero: mean(zero),
      ceScore: (zero - sae) / (zero - clean),
      klSae: mean(this.#kl.sae),
      klZero: mean(this.#kl.zero),
      klScore: (this.#kl.zero - this.#kl.sae) / this.#kl.zero,
    };
  }

  dispose(): void {
    this.#programs.dispose();
  }
}

/** The model with per-token losses as outputs: clean, or edited at `site` and compared with the clean model. */
async function openProgram(model: OpenModel, site?: string, edit?: Edit): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  if (site !== undefined && edit !== undefined) {
    overlay.replace(site, (y) => emitBehindFirst(builder, y, edit(overlay, y)));
  }
  const { logProbabilities, losses } = emitLosses(overlay, names.targets);
  builder.output(names.loss, losses);
  if (edit === undefined) builder.output(names.logProbabilities, logProbabilities);
  else builder.output(names.divergence, emitDivergence(builder, names.reference, logProbabilities));
  return Program.open(overlay, model.execution);
}

/** The first token's vector as it is, the others edited: [B, T, D] → [B, T, D]. */
function emitBehindFirst(builder: GraphBuilder, y: string, edited: string): string {
  const slice = (value: string, from: number, to: number): string =>
    builder.op('Slice', [value, builder.int64s(from), builder.int64s(to), builder.int64s(1)]);
  const parts = [slice(y, 0, 1), slice(edited, 1, afterLast)];
  return builder.op('Concat', parts, { attributes: { axis: 1 } });
}

/** Σ over all positions but the first (BOS, never edited) and the last (nothing follows). */
function sumCounted({ data }: OnnxTensor<'float32'>): number {
  let sum = 0;
  for (const value of data.subarray(1, -1)) sum += value;
  return sum;
}

function float32(
  outputs: Readonly<Record<string, OnnxTensor>>,
  name: string,
): OnnxTensor<'float32'> {
  const tensor = outputs[name];
  if (tensor?.type === 'float32') return tensor;
  throw new MonosemError('internal', `The evaluation graph did not give ${name} in float32.`);
}

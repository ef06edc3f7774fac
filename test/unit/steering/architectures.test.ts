// Steering with SAEs of every architecture, on a random GPT-2: an edit that changes nothing leaves every bit alone, and
// any other moves the place the SAE writes to by what float64 arithmetic says, whatever the SAE did to its input.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import { fittedSae } from '../../../src/engine/sae/fits.ts';
import type { Transform } from '../../../src/engine/steering/edits.ts';
import { nextLogits, openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import { featureIndex, type FeatureIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { editsOf, logitsUnder, type Transforms } from '../../fixtures/steering.ts';
import {
  Reference,
  variants,
  writeVariant,
  type Shape,
  type Variant,
  type WrittenSae,
} from '../sae/everySae.ts';
import { largestDifference } from '../sae/onnxRun.ts';

const ids = Uint32Array.from([3, 17, 9, 24, 31, 12, 40, 5]);
const read = 'blocks.1.ln2.hook_normalized';
const predicted = 'blocks.1.hook_mlp_out';
const stream = 'blocks.1.hook_resid_post';

/** float32 against float64 over 3 layers, logits of size 1 to 10. */
const tolerance = 3e-5;

let folder: string;
let bundle: WrittenBundle;
let model: OpenModel;
let plain: Float32Array;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-architectures-'));
  const decoder = { kind: 'gpt2', seed: 15 } as const;
  bundle = await writeBundle(folder, { decoder, sae: { architecture: 'standard' }, seed: 16 });
  model = await openModel(folder);
  const program = await openSteerProgram(model, []);
  const { outputs } = await program.run({ ids, batch: 1 });
  plain = (outputs[nextLogits]?.data as Float32Array).slice();
  program.dispose();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function shapeOf({ isTranscoder }: Variant): Shape {
  const D = model.config.dModel;
  const places = isTranscoder
    ? { site: read, outputSite: predicted }
    : { site: stream, outputSite: stream };
  return { D, DOut: D, F: 96, ...places };
}

describe.each(variants)('$name', (variant) => {
  let written: WrittenSae;
  let reference: Reference;
  let program: Program;
  let features: FeatureIndex[];
  let inputs: Rows;

  beforeAll(async () => {
    written = await writeVariant(folder, variant, shapeOf(variant), 17);
    const { sae } = written;
    fittedSae(sae, model);
    reference = new Reference(variant, written);
    inputs = referenceForward(bundle.decoder, [...ids]).sites.get(sae.site) ?? [];
    const active = reference.encode(inputs.at(-1) ?? []).flatMap((f, i) => (f > 0 ? [i] : []));
    features = [...active.slice(0, 2), 77].map(featureIndex);
    program = await openSteerProgram(model, [sae]);
  });
  afterAll(() => {
    program.dispose();
  });

  const edit = (...transforms: readonly Transform[]): Transforms =>
    new Map(transforms.map((transform, i) => [features[i] ?? featureIndex(0), transform]));

  const logitsAfter = (...rows: readonly Transforms[]): Promise<Float32Array[]> => {
    const edits = rows.map((row) => editsOf(row));
    return logitsUnder(program, { model, saes: [written.sae] }, edits, ids);
  };

  it('changes no bit with gain 1 and bias 0', async () => {
    const same = edit(...features.map(() => ({ gain: 1, bias: 0 })));
    const rows = [...(await logitsAfter(edit())), ...(await logitsAfter(edit(), same))];
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(Buffer.from(row.buffer)).toEqual(Buffer.from(plain.buffer));
  });

  it('moves the place it writes to by the decoder difference', async () => {
    const transforms = edit({ gain: 0, bias: 2 }, { gain: 2.5, bias: 0 }, { gain: 1, bias: -1 });
    const [steered = new Float32Array(0)] = await logitsAfter(transforms);
    const change = (rows: Rows): Rows =>
      rows.map((row, t) => {
        const x = inputs[t] ?? [];
        const f = reference.encode(x);
        const moved = [...row];
        for (const [feature, { gain, bias }] of transforms) {
          const by = (gain - 1) * (f[feature] ?? NaN) + bias;
          reference.direction(x, feature).forEach((step, d) => {
            moved[d] = (moved[d] ?? NaN) + by * step;
          });
        }
        return moved;
      });
    const { logits } = referenceForward(bundle.decoder, [...ids], {
      [written.sae.outputSite]: change,
    });
    expect(largestDifference(steered, logits.at(-1) ?? [])).toBeLessThan(tolerance);
    expect(largestDifference(steered, plain)).toBeGreaterThan(1e-2);
  });
});

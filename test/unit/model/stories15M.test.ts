// The embedded default model against an independent float32 implementation of its checkpoint (test/golden/
// stories15M.json names the command that made it).
//
// Tolerances: the file stores matrices in float16, so every weight is off by up to 2⁻¹² of its size. Rounding the
// weights of the float32 implementation in the same way moves logits (of size 10 to 20) by up to 0.016 and by 0.003
// in the mean; nothing else differs by more than 1e-4.
import { emptyPast } from '../../../src/engine/model/kvCache.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import { Program } from '../../../src/engine/model/program.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import {
  openSession,
  type OnnxTensors,
  type Session,
} from '../../../src/engine/onnx/runtime/session.ts';

interface GoldenPrompt {
  readonly prompt: string;
  readonly ids: readonly number[];
  readonly top10LastLogits: readonly (readonly [number, number])[];
  readonly residualLastTokenFirst8: readonly (readonly number[])[];
  readonly residualLastTokenNorm: readonly number[];
  readonly greedyIds: readonly number[];
  readonly greedyMargins: readonly number[];
}
interface Golden {
  readonly prompts: readonly GoldenPrompt[];
  readonly tokenizations: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

const root = path.join(import.meta.dirname, '..', '..', '..');
const folder = path.join(root, 'models', 'stories15M');
const golden = JSON.parse(
  readFileSync(path.join(root, 'test', 'golden', 'stories15M.json'), 'utf8'),
) as Golden;

/** A machine that does other things at the same time opens sessions slowly. */
const openTimeoutMs = 60_000;
const logitTolerance = 0.03;
/** Relative to the norm of the stream at that place. */
const residualTolerance = 2e-3;
/** Two logits may swap where they are closer than this: each may move by the tolerance. */
const tieMargin = 2 * logitTolerance;

const blockOutputs = Array.from({ length: 6 }, (_, l) => `blocks.${String(l)}.hook_resid_post`);
const residualSites = ['hook_embed', ...blockOutputs];

let model: OpenModel;
let program: Program;

beforeAll(async () => {
  model = await openModel(folder);
  const overlay = new Overlay(model.onnx, model.sites);
  for (const site of residualSites) overlay.builder.output(site, overlay.read(site));
  overlay.keepOutput('logits');
  overlay.keepCache();
  program = await Program.open(overlay);
}, openTimeoutMs);
afterAll(() => {
  program.dispose();
});

/** The last `width` values of an output. */
function lastRow(outputs: OnnxTensors, name: string, width: number): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`${name} is missing`);
  return data.subarray(data.length - width);
}

const argmax = (row: Float32Array): number => row.indexOf(Math.max(...row));

test('the files are the ones that the conversion script recorded', () => {
  const sums = readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  expect(sums).toHaveLength(5);
  for (const line of sums) {
    const [sum = '', name = ''] = line.split('  ');
    const bytes = readFileSync(path.join(folder, name));
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sum);
  }
});

describe.each(golden.prompts)('$prompt', (expected) => {
  test('logits and residual stream after every block', async () => {
    const { outputs } = await program.run({ ids: Uint32Array.from(expected.ids), batch: 1 });
    const logits = lastRow(outputs, 'logits', 32_000);
    for (const [id, value] of expected.top10LastLogits) {
      expect(Math.abs((logits[id] ?? NaN) - value), `logit ${String(id)}`).toBeLessThan(
        logitTolerance,
      );
    }
    residualSites.forEach((site, place) => {
      const row = lastRow(outputs, site, 288);
      const norm = expected.residualLastTokenNorm[place] ?? NaN;
      const allowed = residualTolerance * norm;
      expect(Math.abs(Math.hypot(...row) - norm), `norm at ${site}`).toBeLessThan(allowed);
      expected.residualLastTokenFirst8[place]?.forEach((value, i) => {
        const difference = Math.abs((row[i] ?? NaN) - value);
        expect(difference, `${site}[${String(i)}]`).toBeLessThan(allowed);
      });
    });
  });

  test('greedy continuation through the cache', async () => {
    let ids = Uint32Array.from(expected.ids);
    let cache: Awaited<ReturnType<Program['run']>>['cache'];
    let compared = 0;
    for (const [step, id] of expected.greedyIds.entries()) {
      const result = await program.run({
        ids,
        batch: 1,
        ...(cache === undefined ? {} : { cache }),
      });
      // At a tie the reference's choice is followed, so that all later steps are compared too.
      if ((expected.greedyMargins[step] ?? 0) > tieMargin) {
        expect(argmax(lastRow(result.outputs, 'logits', 32_000)), `step ${String(step)}`).toBe(id);
        compared += 1;
      }
      cache = result.cache;
      ids = Uint32Array.of(id);
    }
    expect(compared).toBeGreaterThanOrEqual(44);
  });
});

describe('the graph as it is', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession({ file: model.onnxFile });
  }, openTimeoutMs);
  afterAll(() => {
    session.dispose();
  });

  /** @param rows equal lengths; 0 is padding in front */
  async function logitsOf(rows: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const [batch, tokens] = [rows.length, rows[0]?.length ?? 0];
    const int64 = (value: (row: readonly number[], at: number) => number): OnnxTensors[string] => ({
      type: 'int64',
      dims: [batch, tokens],
      data: BigInt64Array.from(rows.flatMap((row) => row.map((_, at) => BigInt(value(row, at))))),
    });
    const padding = (row: readonly number[]): number => row.findIndex((id) => id !== 0);
    const feeds: Record<string, OnnxTensors[string]> = {
      input_ids: int64((row, at) => row[at] ?? 0),
      attention_mask: int64((row, at) => (at < padding(row) ? 0 : 1)),
      position_ids: int64((row, at) => Math.max(0, at - padding(row))),
    };
    for (const past of model.sites.inputs.past) feeds[past.input] = emptyPast(past, batch);
    const { logits } = await session.run(feeds, ['logits']);
    if (!(logits?.data instanceof Float32Array)) throw new Error('no logits');
    const { data } = logits;
    const rowLength = tokens * 32_000;
    return rows.map((_, row) =>
      data.subarray((row + 1) * rowLength - 32_000, (row + 1) * rowLength),
    );
  }

  const [first, second] = golden.prompts.map(({ ids }) => ids);

  test('a padded row of a batch gives what it gives alone', async () => {
    if (first === undefined || second === undefined) throw new Error('two prompts are needed');
    const length = Math.max(first.length, second.length) + 2;
    const padded = [first, second].map((ids) => [
      ...new Array<number>(length - ids.length).fill(0),
      ...ids,
    ]);
    const together = await logitsOf(padded);
    const alone = [...(await logitsOf([first])), ...(await logitsOf([second]))];
    together.forEach((row, r) => {
      const worst = row.reduce(
        (max, value, i) => Math.max(max, Math.abs(value - (alone[r]?.[i] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThan(1e-4);
    });
  });
});

describe('tokenizer', () => {
  test.each(golden.tokenizations)('$text', async ({ text, ids }) => {
    const encoded = await model.tokenizer.encode(text);
    expect([...encoded.ids]).toEqual(ids);
  });

  test.each(golden.prompts)('prompt: $prompt', async ({ prompt, ids }) => {
    const encoded = await model.tokenizer.encode(prompt);
    expect([model.tokenizer.bosId, ...encoded.ids]).toEqual(ids);
  });

  test('a story ends at BOS or EOS', () => {
    expect(model.tokenizer.bosId).toBe(1);
    expect(new Set(model.tokenizer.eosIds)).toEqual(new Set([1, 2]));
  });
});

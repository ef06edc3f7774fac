// A given text read under edits, against float64 arithmetic that shares no code with the graphs: random models and SAEs,
// any rows, features, places, cuts into runs and beginnings from a KV cache.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import type { KvCache } from '../../../src/engine/model/kvCache.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { identity, type Transform } from '../../../src/engine/steering/edits.ts';
import { openForcedProgram } from '../../../src/engine/steering/forcedProgram.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import {
  teacherForced,
  type ForcedRow,
  type ForcedText,
} from '../../../src/engine/steering/teacherForced.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { saeSite, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { planOf, readyWith, transformed } from '../../fixtures/steering.ts';
import { encodeReference } from './reference.ts';

interface Case {
  readonly name: string;
  readonly kind: 'gpt2' | 'llama';
  readonly architecture: SaelensArchitecture;
}

const cases: readonly Case[] = [
  { name: 'Llama, jumprelu', kind: 'llama', architecture: { architecture: 'jumprelu' } },
  { name: 'Llama, standard', kind: 'llama', architecture: { architecture: 'standard' } },
  { name: 'GPT-2, jumprelu', kind: 'gpt2', architecture: { architecture: 'jumprelu' } },
  { name: 'GPT-2, topk', kind: 'gpt2', architecture: { architecture: 'topk', k: 7 } },
];

const T = 14;
const features = [3, 41, 77, 60].map(featureIndex);
/** float32 against float64 over 3 layers, logits of size 1 to 10. */
const tolerance = 5e-5;
const still = (): Promise<void> => Promise.resolve();

/** The feature number of an edit, what happens to it, and where. */
interface Edit {
  readonly feature: number;
  readonly transform: Transform;
  readonly from: number;
  readonly to: number;
}

const transforms = fc.oneof(
  fc.constant({ gain: 0, bias: 0 }),
  fc.record({ gain: fc.integer({ min: 0, max: 3 }), bias: fc.integer({ min: -2, max: 4 }) }),
);
const edits: fc.Arbitrary<Edit | undefined> = fc.option(
  fc
    .record({
      feature: fc.nat(features.length - 1),
      transform: transforms,
      from: fc.integer({ min: 3, max: T - 1 }),
      length: fc.integer({ min: 1, max: T }),
    })
    .map(({ length, ...edit }) => ({ ...edit, to: edit.from + length })),
  { nil: undefined },
);

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

function lossesOf(logits: Rows, ids: Uint32Array): number[] {
  return logits.slice(0, -1).map((row, t) => {
    const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return total - (row[ids[t + 1] ?? -1] ?? NaN);
  });
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const off = expected.map((value, i) => Math.abs(value - (found[i] ?? NaN)));
  expect(Math.max(0, ...off)).toBeLessThan(tolerance);
}

describe.each(cases)('$name', ({ kind, architecture }) => {
  const ids = Uint32Array.from({ length: T }, (_, t) => (t * 17 + t * t * 5) % 50);
  let folder: string;
  let bundle: WrittenBundle;
  let model: OpenModel;
  let sae: Sae;
  let program: Program;
  /** Of every length up to T, from another program. */
  let caches: readonly (KvCache | undefined)[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-forced-'));
    bundle = await writeBundle(folder, {
      decoder: { kind, seed: 25 },
      sae: architecture,
      seed: 26,
    });
    model = await openModel(folder);
    sae = await loadSae(bundle.sae);
    program = await openForcedProgram(model, [sae]);
    const plain = await openSteerProgram(model, []);
    const { cache } = await plain.run({ ids, batch: 1 });
    caches = Array.from({ length: T }, (_, length) =>
      length > 0 ? cache?.cut(length) : undefined,
    );
    plain.dispose();
  });
  afterAll(() => {
    program.dispose();
    rmSync(folder, { recursive: true });
  });

  /** An edit beside ones of the other features that change nothing. */
  const placed = (edit: Edit | undefined): SteerEdit[] => {
    if (edit === undefined) return [];
    const positions = { ranges: [{ from: edit.from, to: edit.to }] };
    return features.flatMap((feature, n) =>
      n === edit.feature
        ? transformed(feature, edit.transform).map((part) => ({ ...part, positions }))
        : transformed(feature, identity),
    );
  };

  async function read(
    rows: readonly (Edit | undefined)[],
    options: Partial<ForcedText> & { readonly block?: number } = {},
  ): Promise<ForcedRow[]> {
    const { block = T, from = 0, ...others } = options;
    const cache = caches[from];
    const edited = { model, saes: [sae] };
    const plan = planOf(edited, rows.map(placed));
    return teacherForced(
      {
        edits: await readyWith(program, edited, plan),
        rows: plan.rows.map((row) => ({ plan: row, ids })),
        ...(cache === undefined ? {} : { cache }),
        from,
        until: T,
        blockEnd: (at) => at + block,
        rowsApart: false,
        readAt: Math.max(from, 5),
        ...others,
      },
      still,
    );
  }

  /** Losses and logits by float64 arithmetic. */
  function reference(edit: Edit | undefined): { losses: number[]; logits: Rows } {
    const { tensors, decoder } = bundle;
    const change = (rows: Rows): Rows =>
      rows.map((x, t) => {
        if (edit === undefined || t < edit.from || t >= edit.to) return x;
        const feature = features[edit.feature] ?? 0;
        const f = encodeReference(tensors, architecture, x)[feature] ?? NaN;
        const moved = (edit.transform.gain - 1) * f + edit.transform.bias;
        return x.map((v, d) => v + moved * (tensors.W_dec.data[feature * sae.D + d] ?? NaN));
      });
    const { logits } = referenceForward(decoder, [...ids], { [saeSite]: change });
    return { losses: lossesOf(logits, ids), logits };
  }

  it('loses what float64 arithmetic says, however the text is cut and begun', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edits, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: T }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        async (rows, block, from, rowsApart) => {
          const found = await read(rows, { block, from, rowsApart });
          expect(found).toHaveLength(rows.length);
          for (const [b, edit] of rows.entries()) {
            const { losses, logits } = reference(edit);
            const row = found[b];
            expectClose(row?.losses.subarray(0, -1) ?? [], losses.slice(from));
            expect(row?.losses.at(-1)).toBeNaN();
            expectClose(row?.logits ?? [], logits[5] ?? []);
          }
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('gives the same bits in one batch and in separate runs', async () => {
    const rows = [undefined, { feature: 1, transform: { gain: 0, bias: 2 }, from: 4, to: 9 }];
    const [together, apart] = [await read(rows), await read(rows, { rowsApart: true })];
    expect(together.map(({ losses }) => bits(losses))).toEqual(
      apart.map(({ losses }) => bits(losses)),
    );
    expect(together[0]?.losses).not.toEqual(together[1]?.losses);
  });

  it('changes no bit before the edit, nor the loss of the edited token itself', async () => {
    const edit = { feature: 2, transform: { gain: 1, bias: 5 }, from: 6, to: 7 };
    const [plain, other] = await read([undefined, edit]);
    expect(other?.losses.subarray(0, 6)).toEqual(plain?.losses.subarray(0, 6));
    expect(other?.losses[6]).not.toBe(plain?.losses[6]);
  });

  it('reads the activations of the edited features before the edit', async () => {
    const { sites } = referenceForward(bundle.decoder, [...ids]);
    const f = encodeReference(bundle.tensors, architecture, sites.get(saeSite)?.[8] ?? []);
    const edit = { feature: 0, transform: { gain: 0, bias: 9 }, from: 8, to: 9 };
    for (const { activations } of await read([undefined, edit], { readAt: 8, block: 3 })) {
      expectClose(
        activations[0] ?? [],
        features.map((feature) => f[feature] ?? NaN),
      );
    }
  });

  it('changes no bit where the features it takes out are not active', async () => {
    const { sites } = referenceForward(bundle.decoder, [...ids]);
    const silent = (sites.get(saeSite) ?? []).flatMap((x, t) => {
      const f = encodeReference(bundle.tensors, architecture, x);
      return features.flatMap((each, feature) => (f[each] === 0 ? [{ feature, from: t }] : []));
    });
    expect(silent.length).toBeGreaterThan(0);
    const ablated = silent.map((place) => ({
      ...place,
      transform: { gain: 0, bias: 0 },
      to: place.from + 1,
    }));
    const [plain, ...others] = await read([undefined, ...ablated]);
    for (const { losses, logits } of others) {
      expect(bits(losses)).toEqual(bits(plain?.losses ?? losses.slice(1)));
      expect(bits(logits)).toEqual(bits(plain?.logits ?? logits.slice(1)));
    }
  });
});

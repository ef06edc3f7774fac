// Every operation, unit, condition and choice of positions, in any mixture, at several sites and in several rows, against
// float64 arithmetic that shares no code with the graphs.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../src/engine/math/rng.ts';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import { writeSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { RowsApart, RowsTogether } from '../../../src/engine/steering/rows.ts';
import type {
  EditPositions,
  FeatureEdit,
  FeatureRef,
  SteerEdit,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { planOf, readyFor, saePlace } from '../../fixtures/steering.ts';
import { describeSae, randomTensors } from '../sae/randomSae.ts';
import { editedReference, type ReferenceSae } from './editReference.ts';

const D = 32;
const F = 96;
const T = 11;
const promptLength = 7;
const special = 0;
const ids = Uint32Array.from({ length: T }, (_, t) =>
  t === 0 ? special : 2 + ((t * 19 + t * t * 3) % 48),
);
/** float32 against float64 over 3 layers, logits of size 1 to 10, changes of the stream of several times its norm. */
const tolerance = 2e-4;

interface Case {
  readonly name: string;
  readonly kind: 'gpt2' | 'llama';
  readonly architectures: readonly [SaelensArchitecture, SaelensArchitecture];
}

const cases: readonly Case[] = [
  {
    name: 'Llama, jumprelu and topk',
    kind: 'llama',
    architectures: [{ architecture: 'jumprelu' }, { architecture: 'topk', k: 20 }],
  },
  {
    name: 'GPT-2, standard and jumprelu',
    kind: 'gpt2',
    architectures: [{ architecture: 'standard' }, { architecture: 'jumprelu' }],
  },
];

const sites = ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'] as const;
/** Features that edits take, by SAE. */
const features = [3, 41, 77].map(featureIndex);
const random = new Random(7);
/** Directions at the sites of the SAEs, inside a block and behind both. */
const directions = [...sites, 'blocks.1.hook_mlp_out', 'blocks.2.hook_resid_post'].map((site) => ({
  site,
  direction: random.fillNormal(new Float32Array(D)),
}));

const amount = fc.integer({ min: -30, max: 40 }).map((tenths) => tenths / 10);
const positions: fc.Arbitrary<EditPositions> = fc.record(
  {
    scope: fc.constantFrom('all', 'prompt', 'generated'),
    ranges: fc.array(
      fc
        .tuple(fc.nat(T - 1), fc.option(fc.integer({ min: 1, max: T }), { nil: undefined }))
        .map(([from, length]) => (length === undefined ? { from } : { from, to: from + length })),
      { minLength: 1, maxLength: 2 },
    ),
    skipSpecial: fc.boolean(),
  },
  { requiredKeys: [] },
);

const along = fc.record({ operation: fc.constantFrom('project', 'cap'), amount });
const featureOperation = fc.oneof(
  fc.constant({ operation: 'ablate' as const }),
  fc.record({ operation: fc.constantFrom('scale', 'clamp'), amount }),
  fc.record({ operation: fc.constant('add' as const), amount }),
  fc.record({
    operation: fc.constant('add' as const),
    amount: amount.map((value) => value / 10),
    unit: fc.constant('residual' as const),
  }),
  along,
);
const directionOperation = fc.oneof(
  fc.record({ operation: fc.constant('add' as const), amount }),
  fc.record({
    operation: fc.constant('add' as const),
    amount: amount.map((value) => value / 10),
    unit: fc.constant('residual' as const),
  }),
  along,
);

/** What an edit depends on: features of the first SAE, which every stage knows, or the edited feature itself. */
const condition = fc.record(
  {
    onlyActive: fc.constant(true as const),
    onlyWhile: fc.constantFrom(...features).map((feature) => ({ sae: saePlace(0), feature })),
  },
  { requiredKeys: [] },
);

/** @param ref the feature */
function ofFeature(ref: fc.Arbitrary<FeatureRef>): fc.Arbitrary<FeatureEdit> {
  return fc
    .record({
      edited: ref,
      what: featureOperation,
      where: fc.option(positions, { nil: undefined }),
      when: condition,
      drops: fc.boolean(),
    })
    .map(({ edited, what, where, when, drops }) => ({
      ...edited,
      ...what,
      ...when,
      ...(where && { positions: where }),
      ...(drops && { dropsError: true }),
    }));
}

const ofDirection = fc
  .record({
    at: fc.constantFrom(...directions),
    what: directionOperation,
    where: fc.option(positions, { nil: undefined }),
    when: fc.option(fc.constantFrom(...features), { nil: undefined }),
  })
  .map(({ at, what, where, when }): SteerEdit => ({
    ...at,
    ...what,
    ...(where && { positions: where }),
    ...(when !== undefined && { onlyWhile: { sae: saePlace(0), feature: when } }),
  }));

const anyRef = fc
  .record({ n: fc.nat(1), feature: fc.constantFrom(...features) })
  .map(({ n, feature }): FeatureRef => ({ sae: saePlace(n), feature }));

function rowsOf(
  edit: fc.Arbitrary<SteerEdit>,
  most: number,
): fc.Arbitrary<readonly (readonly SteerEdit[])[]> {
  return fc.array(fc.array(edit, { maxLength: most }), { minLength: 1, maxLength: 3 });
}

const rowsOfEdits = fc.oneof(
  rowsOf(
    fc.oneof({ arbitrary: ofFeature(anyRef), weight: 3 }, { arbitrary: ofDirection, weight: 2 }),
    4,
  ),
  // One feature time and again, mostly under different conditions.
  anyRef.chain((ref) => rowsOf(ofFeature(fc.constant(ref)), 6)),
);

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);

describe.each(cases)('$name', ({ kind, architectures }) => {
  let folder: string;
  let bundle: WrittenBundle;
  let model: OpenModel;
  let saes: Sae[];
  let references: ReferenceSae[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-edits-'));
    bundle = await writeBundle(folder, {
      decoder: { kind, seed: 41 },
      sae: { architecture: 'standard' },
      seed: 42,
    });
    model = await openModel(folder);
    saes = [];
    references = [];
    for (const [n, activation] of architectures.entries()) {
      const site = sites[n] ?? '';
      const shape = { D, F, activation, applyBDecToInput: true, seed: 50 + n, site };
      const tensors = randomTensors(shape);
      await writeSaelens(path.join(folder, `sae${n}`), tensors, {
        ...describeSae(shape),
        prependBos: true,
      });
      saes.push(await loadSae(path.join(folder, `sae${n}`)));
      references.push({ place: saePlace(n), site, activation, tensors });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const options = { promptLength, specialIds: [special] };

  test('any edits do what float64 arithmetic says, in one batch and apart', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfEdits, fc.integer({ min: 1, max: T - 1 }), async (rows, cut) => {
        const edited = { model, saes };
        const ready = await readyFor(edited, planOf(edited, rows, options));
        const all = rows.map(() => ids);
        const together = await new RowsTogether(ready, ready.plan.rows).feed(all);
        const found = together.map((own) => own.slice());
        const apart = await RowsApart.of(ready, ready.plan.rows).feed(all);
        expect(apart.map(bits)).toEqual(found.map(bits));
        const inPieces = new RowsTogether(ready, ready.plan.rows);
        await inPieces.feed(rows.map(() => ids.subarray(0, cut)));
        const cached = await inPieces.feed(rows.map(() => ids.subarray(cut)));
        ready.program.dispose();
        for (const [b, edits] of rows.entries()) {
          const expected = editedReference(edits, references, {
            decoder: bundle.decoder,
            ids: [...ids],
            promptLength,
            specialIds: new Set([special]),
          }).at(-1);
          for (const [v, logit] of (expected ?? []).entries()) {
            expect(Math.abs(logit - (found[b]?.[v] ?? NaN))).toBeLessThan(tolerance);
            expect(Math.abs(logit - (cached[b]?.[v] ?? NaN))).toBeLessThan(tolerance);
          }
        }
      }),
      { numRuns: 80, seed: 11 },
    );
  }, 120_000);

  test('edits of strength zero are the baseline, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfEdits, async (rows) => {
        const edited = { model, saes };
        const neutral = rows.map((edits) => edits.map(withoutEffect));
        const ready = await readyFor(edited, planOf(edited, [[], ...neutral], options));
        const all = ready.plan.rows.map(() => ids);
        const [baseline, ...others] = await new RowsTogether(ready, ready.plan.rows).feed(all);
        ready.program.dispose();
        for (const own of others) expect(bits(own)).toEqual(bits(baseline ?? own));
      }),
      { numRuns: 30, seed: 12 },
    );
  }, 120_000);
});

/** The same edit by the amount that changes nothing. */
function withoutEffect(edit: SteerEdit): SteerEdit {
  const kept = { ...edit, dropsError: false };
  switch (edit.operation) {
    case 'ablate':
    case 'clamp':
    case 'scale':
      return { ...kept, operation: 'scale', amount: 1 } as SteerEdit;
    case 'add':
      return { ...kept, amount: 0 } as SteerEdit;
    case 'project':
      return { ...kept, amount: 1 } as SteerEdit;
    case 'cap':
      return { ...kept, amount: 1e6 } as SteerEdit;
  }
}

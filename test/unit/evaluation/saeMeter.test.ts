// Features and reconstruction measured in the graph, against float64 arithmetic on the same weights.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ReconstructionMeter } from '../../../src/engine/evaluation/reconstruction.ts';
import { SaeMeter } from '../../../src/engine/evaluation/saeMeter.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { loadSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import { bosId, saeSite, writeBundle } from '../../fixtures/bundle.ts';
import { referenceForward } from '../../fixtures/decoders/reference.ts';
import { referenceSae } from './referenceSae.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'monosem-meter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = [[bosId, 5, 9, 3, 7, 7, 2], [bosId, 12, 4, 8], [bosId]];

it('measures the tokens behind BOS as float64 arithmetic does', async () => {
  const activation = { architecture: 'jumprelu' } as const;
  const decoder = { kind: 'llama', seed: 4 } as const;
  const written = await writeBundle(folder, { decoder, sae: activation, seed: 9 });
  const model = await openModel(folder);
  const meter = await SaeMeter.open(model, await loadSaelens(path.join(folder, 'sae')));
  const [D = 0, F = 0] = written.tensors.W_enc.dims;
  const expected = new ReconstructionMeter(D, F);
  for (const ids of texts) {
    await meter.add(Uint32Array.from(ids));
    const rows = (referenceForward(written.decoder, ids).sites.get(saeSite) ?? []).slice(1);
    const coded = rows.map((row) => referenceSae(written.tensors, activation, row));
    expected.add(
      Float32Array.from(rows.flat()),
      Float32Array.from(coded.flatMap(({ reconstruction }) => reconstruction)),
      Float32Array.from(coded.flatMap(({ features }) => features)),
    );
  }
  const [found, wanted] = [meter.report(), expected.report()];
  meter.dispose();
  expect(found.tokens).toBe(9);
  expect(found.l0).toBeCloseTo(wanted.l0, 9);
  expect(found.deadShare).toBe(wanted.deadShare);
  // float32 graph against float64, on values near 1.
  expect(found.explainedVariance).toBeCloseTo(wanted.explainedVariance, 4);
  expect(found.mse).toBeCloseTo(wanted.mse, 4);
  expect(found.cosine).toBeCloseTo(wanted.cosine, 4);
});

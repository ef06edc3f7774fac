// The losses that the graph reports, against float64 arithmetic on the same weights that shares no code with it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SpliceMeter } from '../../../src/engine/evaluation/spliceLoss.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { loadSaelens } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import { bosId, saeSite, writeBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows, type SiteEdit } from '../../fixtures/decoders/reference.ts';
import { referenceSae } from './referenceSae.ts';

const root = mkdtempSync(path.join(tmpdir(), 'monosem-splice-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const texts = [
  [bosId, 5, 9, 3, 7, 7, 2],
  [bosId, 12, 4, 8],
];

function logSoftmax(row: readonly number[]): number[] {
  const max = Math.max(...row);
  const total = max + Math.log(row.reduce((sum, value) => sum + Math.exp(value - max), 0));
  return row.map((value) => value - total);
}

interface Sums {
  tokens: number;
  ce: number;
  kl: number;
}

/** Cross-entropy and KL(clean ‖ edited) summed over predictions behind the first token. */
function addLosses(sums: Sums, ids: readonly number[], clean: Rows, edited: Rows): void {
  for (let t = 1; t + 1 < ids.length; t++) {
    const p = logSoftmax(clean[t] ?? []);
    const q = logSoftmax(edited[t] ?? []);
    sums.tokens += 1;
    sums.ce -= q[ids[t + 1] ?? 0] ?? NaN;
    sums.kl += p.reduce((sum, value, v) => sum + Math.exp(value) * (value - (q[v] ?? NaN)), 0);
  }
}

describe('SpliceMeter', () => {
  const cases: readonly [string, 'gpt2' | 'llama', SaelensArchitecture][] = [
    ['jumprelu on a Llama', 'llama', { architecture: 'jumprelu' }],
    ['topk on a GPT-2', 'gpt2', { architecture: 'topk', k: 8 }],
  ];
  for (const [name, kind, sae] of cases) {
    it(`agrees with float64 arithmetic: ${name}`, async () => {
      const folder = path.join(root, kind);
      mkdirSync(folder);
      const written = await writeBundle(folder, { decoder: { kind, seed: 4 }, sae, seed: 9 });
      const model = await openModel(folder);
      const meter = await SpliceMeter.open(model, await loadSaelens(path.join(folder, 'sae')));
      const edits: Record<string, SiteEdit> = {
        sae: (rows) =>
          rows.map((row, t) =>
            t === 0 ? row : referenceSae(written.tensors, sae, row).reconstruction,
          ),
        zero: (rows) => rows.map((row, t) => (t === 0 ? row : row.map(() => 0))),
        clean: (rows) => rows,
      };
      const expected = Object.fromEntries(
        Object.keys(edits).map((edit) => [edit, { tokens: 0, ce: 0, kl: 0 }]),
      );
      try {
        for (const ids of texts) {
          await meter.add(Uint32Array.from(ids));
          const clean = referenceForward(written.decoder, ids).logits;
          for (const [edit, change] of Object.entries(edits)) {
            const edited = referenceForward(written.decoder, ids, { [saeSite]: change }).logits;
            addLosses(expected[edit] as Sums, ids, clean, edited);
          }
        }
        const report = meter.report();
        const of = (edit: string): Sums => expected[edit] as Sums;
        const mean = (edit: string, part: 'ce' | 'kl'): number => of(edit)[part] / of(edit).tokens;
        expect(report.tokens).toBe(7);
        // float32 graph against float64: the tolerance of the overlay's own tests on logits, averaged.
        const close = (found: number, wanted: number): void => {
          expect(Math.abs(found - wanted)).toBeLessThan(5e-5);
        };
        close(report.ceClean, mean('clean', 'ce'));
        close(report.ceSae, mean('sae', 'ce'));
        close(report.ceZero, mean('zero', 'ce'));
        close(report.klSae, mean('sae', 'kl'));
        close(report.klZero, mean('zero', 'kl'));
        expect(report.klZero).toBeGreaterThan(1e-3);
        const { ceClean, ceSae, ceZero, klSae, klZero } = report;
        expect(report.ceScore).toBeCloseTo((ceZero - ceSae) / (ceZero - ceClean), 12);
        expect(report.klScore).toBeCloseTo((klZero - klSae) / klZero, 12);
      } finally {
        meter.dispose();
      }
    });
  }
});

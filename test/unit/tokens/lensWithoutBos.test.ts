// Single tokens where an SAE was trained without the token in front of a text: nothing precedes the first token, and
// everything else is what float64 arithmetic says of the bare text.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type { Expectation, TokenDetails } from '../../../src/shared/engineProtocol.ts';
import { charOffset, tokenIndex } from '../../../src/shared/units.ts';
import { bosId, word, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, unembedReference } from '../../fixtures/decoders/reference.ts';
import { expectActual, expectLikeliest, expectRank, rowOf } from './expectations.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-bare-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const idle = { signal: { aborted: false }, progress: (): void => undefined };
const ids = [5, 9, 30, 7, 7, 44, 12];
const text = ids.map(word).join(' ');
/** float32 against float64, as in lens.test.ts. */
const tolerance = 1e-4;

describe.each(['gpt2', 'llama'] as const)('%s without BOS', (kind) => {
  let bundle: WrittenBundle;
  beforeAll(async () => {
    const decoder = { kind, seed: 61 };
    const sae = { architecture: 'jumprelu' } as const;
    bundle = await writeBundle(path.join(folder, kind), { decoder, sae, seed: 62 });
    const file = path.join(bundle.sae, 'cfg.json');
    const written = readFileSync(file, 'utf8');
    const bare = written.replace(/("prepend_bos": *)true/, '$1false');
    expect(bare).not.toBe(written);
    writeFileSync(file, bare);
  });

  const details = (token: number, document: string): Promise<TokenDetails> =>
    engine.tokenDetails(
      { source: bundle.source, document, text, at: { token: tokenIndex(token) } },
      idle,
    );

  /** What the reference's position `at` of the bare text says. */
  function expectExpectation(found: Expectation | undefined, at: number): void {
    const { logits, sites } = referenceForward(bundle.decoder, ids);
    const row = rowOf(logits[at] ?? []);
    const actual = ids[at + 1];
    if (found?.lens === undefined) throw new Error('nothing is expected');
    expectLikeliest(found.top, row, tolerance);
    expectActual(found.actual, actual, row, tolerance);
    expect(found.lens.layers).toHaveLength(bundle.decoder.shape.layers);
    for (const [layer, likely] of found.lens.layers.entries()) {
      const stream = sites.get(`blocks.${layer}.hook_resid_post`) ?? [];
      const lens = rowOf(unembedReference(bundle.decoder, stream)[at] ?? []);
      expectLikeliest(likely, lens, tolerance);
      const rank = found.lens.ranks[layer];
      if (actual === undefined) expect(rank).toBe(0);
      else expectRank(rank, actual, lens, tolerance);
    }
  }

  test('nothing is expected in the place of the first token, and something behind it', async () => {
    const first = await details(0, 'first');
    expect(first).toMatchObject({ token: 0, id: ids[0] });
    expect(first.here).toBeUndefined();
    expectExpectation(first.next, 0);
  });

  test('every other token, also behind caches of an analysis and of other tokens', async () => {
    const params = { source: bundle.source, document: 'cached', text, topK: 4, loss: true };
    await engine.analyse(params, idle);
    for (const document of ['fresh', 'cached']) {
      for (const token of [6, 1, 4]) {
        const found = await details(token, document);
        expectExpectation(found.here, token - 1);
        expectExpectation(found.next, token);
      }
    }
    const again = await details(0, 'cached');
    expect(again.here).toBeUndefined();
    expectExpectation(again.next, 0);
  });

  test('with BOS in front the same text reads otherwise: the test can tell them apart', () => {
    const [bare, fronted] = [ids, [bosId, ...ids]].map(
      (sequence) => referenceForward(bundle.decoder, sequence).logits.at(-1) ?? [],
    );
    const p = (logits: readonly number[] = []): number => Math.max(...rowOf(logits).probabilities);
    expect(Math.abs(p(bare) - p(fronted))).toBeGreaterThan(10 * tolerance);
  });

  test('an offset means the same token as its index', async () => {
    const at = { offset: charOffset(text.indexOf('w30') + 1) };
    const byOffset = await engine.tokenDetails(
      { source: bundle.source, document: 'offset', text, at },
      idle,
    );
    expect(byOffset.token).toBe(2);
    expectExpectation(byOffset.here, 1);
  });
});

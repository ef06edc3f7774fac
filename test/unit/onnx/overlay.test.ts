// The heart of the engine: reading a site gives what independent arithmetic gives, editing it does what independent
// arithmetic says, and doing nothing is exactly nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import type { DecoderOptions } from '../../fixtures/decoders.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import {
  decoderFeeds,
  expectSameBits,
  float32,
  largestError,
  openDecoder,
  output,
  runOverlay,
  runPlain,
  someIds,
  temporaryFolder,
} from './decoderRuns.ts';

const folder = temporaryFolder();

// float32 against float64: sums of at most 64 products of numbers near 1 have errors near 64 · 2⁻²⁴ ≈ 4e-6 each, and
// three blocks of residual additions on values up to about 10 leave some 1e-5.
const tolerance = 5e-5;

const decoders: Readonly<Record<string, DecoderOptions>> = {
  'GPT-2, decomposed norms': { kind: 'gpt2', seed: 1 },
  'GPT-2, LayerNormalization': { kind: 'gpt2', seed: 2, norm: 'operator' },
  'GPT-2, fused skip norms': { kind: 'gpt2', seed: 3, norm: 'fused' },
  'GPT-2, fused skip norms with bias': { kind: 'gpt2', seed: 9, norm: 'fusedBias' },
  'parallel blocks, one sum': { kind: 'gpt2', seed: 4, blocks: 'parallelSum' },
  'parallel blocks, two sums': { kind: 'gpt2', seed: 5, blocks: 'parallelDangling' },
  'Llama, grouped heads': { kind: 'llama', seed: 6 },
  'Llama, fused skip norms': { kind: 'llama', seed: 7, norm: 'fused' },
  'Llama, casts and scaled embeddings': {
    kind: 'llama',
    seed: 8,
    hasCasts: true,
    isEmbeddingScaled: true,
  },
};

describe.each(Object.entries(decoders))('%s', (_, options) => {
  test('the plain model is what independent arithmetic says', async () => {
    const decoder = await openDecoder(folder, options);
    const { logits } = await runPlain(decoder, decoderFeeds(decoder.sites, [someIds]));
    const expected = referenceForward(decoder, someIds).logits;
    expect(logits && largestError(logits, expected)).toBeLessThan(tolerance);
  });

  test('every site reads what independent arithmetic says', async () => {
    const decoder = await openDecoder(folder, options);
    const overlay = new Overlay(decoder.model, decoder.sites);
    for (const name of decoder.sites.sites.keys()) {
      overlay.builder.output(`read ${name}`, overlay.read(name));
    }
    const outputs = await runOverlay(overlay, decoderFeeds(decoder.sites, [someIds]));
    const expected = referenceForward(decoder, someIds).sites;
    expect([...decoder.sites.sites.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, rows] of expected) {
      expect(largestError(output(outputs, `read ${name}`), rows), name).toBeLessThan(tolerance);
    }
  });

  test('an overlay with every site edited by nothing gives the same bits', async () => {
    const decoder = await openDecoder(folder, options);
    const overlay = new Overlay(decoder.model, decoder.sites);
    const zero = overlay.builder.input('zero', 'float32', [1]);
    for (const name of decoder.sites.sites.keys()) {
      overlay.replace(name, (x) => overlay.builder.op('Add', [x, zero]));
    }
    overlay.keepOutput('logits');
    overlay.keepCache();
    const feeds = decoderFeeds(decoder.sites, [someIds, [...someIds].reverse()]);
    const outputs = await runOverlay(overlay, { ...feeds, zero: float32([1], [0]) });
    const plain = await runPlain(decoder, feeds);
    for (const [name, tensor] of Object.entries(plain)) {
      expectSameBits(output(outputs, name), tensor);
    }
  });

  test('edits at any sites do what independent arithmetic says', async () => {
    const decoder = await openDecoder(folder, options);
    const names = [...decoder.sites.sites.keys()];
    const unedited = referenceForward(decoder, someIds).sites;
    const widthOf = (site: string): number => unedited.get(site)?.[0]?.length ?? NaN;
    const edit = fc.record({
      site: fc.constantFrom(...names),
      scale: fc.double({ min: -2, max: 2, noNaN: true }).map(Math.fround),
      direction: fc.integer({ min: 0, max: decoder.shape.dModel - 1 }),
      amount: fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround),
      isReadFirst: fc.boolean(),
    });
    const edits = fc.uniqueArray(edit, {
      minLength: 1,
      maxLength: 3,
      selector: ({ site }) => site,
    });
    await fc.assert(
      fc.asyncProperty(edits, async (chosen) => {
        const overlay = new Overlay(decoder.model, decoder.sites);
        const { builder } = overlay;
        for (const { site, scale, direction, amount, isReadFirst } of chosen) {
          const readSite = (): void => builder.output(`read ${site}`, overlay.read(site));
          if (isReadFirst) readSite();
          const shift = new Float32Array(widthOf(site));
          shift[direction] = amount;
          overlay.replace(site, (x) =>
            builder.op('Add', [
              builder.op('Mul', [x, builder.scalar(scale)]),
              builder.constant(shift, [shift.length]),
            ]),
          );
          if (!isReadFirst) readSite();
        }
        overlay.keepOutput('logits');
        const outputs = await runOverlay(overlay, decoderFeeds(decoder.sites, [someIds]));
        const inReference = Object.fromEntries(
          chosen.map(({ site, scale, direction, amount }) => [
            site,
            (rows: Rows) =>
              rows.map((row) => row.map((x, d) => x * scale + (d === direction ? amount : 0))),
          ]),
        );
        const expected = referenceForward(decoder, someIds, inReference);
        // Edits make the stream larger or nearly cancel it before a norm: errors grow with it.
        const loose = 20 * tolerance;
        expect(largestError(output(outputs, 'logits'), expected.logits)).toBeLessThan(loose);
      }),
      { numRuns: 6, seed: options.seed },
    );
  });
});

// The check of a transcoder: it passes where it reads and writes what it was made for, and each wrong place is named.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import { defaultModelFolder } from '../../../src/shared/defaults.ts';
import type { SaeCheck } from '../../../src/shared/saeCheck.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';

const D = 288;
const folder = mkdtempSync(path.join(tmpdir(), 'monosem-transcoder-'));
const engine = Engine.create();
const context = { signal: { aborted: false }, progress: () => undefined };
const corpus = readFileSync(path.join(defaultModelFolder, 'corpus', 'stories.txt'), 'utf8');
const stories = corpus.split('<|endoftext|>\n');

function check(sae: string): Promise<SaeCheck> {
  const source = { model: defaultModelFolder, saes: [sae], provider: 'cpu' } as const;
  return engine.checkSae({ source, sae, text: stories.slice(0, 4).join('\n') }, context);
}

afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a transcoder', () => {
  const [reads, writes] = ['blocks.2.hook_resid_mid', 'blocks.2.hook_resid_post'];

  /** Predicts one place from the other by a linear map, fitted on other stories, and has 8 features that do nothing. */
  async function writeTranscoder(name: string, hooks: object): Promise<string> {
    const other = stories.slice(10, 30).join('\n').slice(0, 16_000);
    const model = { model: defaultModelFolder, provider: 'cpu' } as const;
    const [x, y] = [
      await engine.activations({ model, site: reads, text: other }, () => undefined),
      await engine.activations({ model, site: writes, text: other }, () => undefined),
    ];
    const copy = mkdtempSync(path.join(folder, `${name}-`));
    const config = {
      architecture: 'skip_transcoder',
      d_in: D,
      d_sae: 64,
      d_out: D,
      metadata: { hook_name: reads, hook_name_out: writes, prepend_bos: true, ...hooks },
    };
    writeFileSync(path.join(copy, 'cfg.json'), JSON.stringify(config));
    const zeros = (...dims: number[]): Tensor => ({
      dims,
      data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
    });
    const tensors = {
      W_enc: zeros(D, 64),
      b_enc: { dims: [64], data: Float32Array.from({ length: 64 }, (_, i) => (i < 8 ? 1 : -1)) },
      W_dec: zeros(64, D),
      b_dec: zeros(D),
      W_skip: linearMap(x, y),
    };
    await writeSafetensors(path.join(copy, 'sae_weights.safetensors'), tensors, { format: 'pt' });
    return copy;
  }

  it('passes where it reads and writes what it was trained on', async () => {
    const { verdict, passes } = await check(await writeTranscoder('right', {}));
    expect(verdict).toBe(
      'FVU 0.33 and L0 8.0 at blocks.2.hook_resid_mid over 503 tokens: the SAE reads this model as its config says.',
    );
    expect(passes).toBe(true);
  });

  it.each([
    [
      'the place it reads',
      { hook_name: 'blocks.1.hook_resid_mid' },
      'FVU 0.68 at blocks.1.hook_resid_mid; 0.33 at blocks.2.hook_resid_mid: the config names the wrong site.',
    ],
    [
      'the place it writes',
      { hook_name_out: 'blocks.3.hook_resid_post' },
      'FVU 0.73 at blocks.2.hook_resid_mid; 0.33 writing blocks.2.hook_resid_post: the config names the wrong site.',
    ],
    [
      'both the wrong way round',
      { hook_name: writes, hook_name_out: reads },
      'FVU 1.0 at blocks.2.hook_resid_post; 0.33 reading blocks.2.hook_resid_mid and writing blocks.2.hook_resid_post: the config has the places it reads and writes the wrong way round.',
    ],
  ])('is found out: %s', async (name, hooks, sentence) => {
    const sae = await writeTranscoder(name.replaceAll(' ', '-'), hooks);
    const { verdict, passes } = await check(sae);
    expect(verdict).toBe(sentence);
    expect(passes).toBe(false);
  });
});

/** target += factor · values, from an index on. */
function add(target: Float64Array, factor: number, values: ArrayLike<number>, from = 0): void {
  for (let i = from; i < values.length; i += 1) {
    target[i] = (target[i] ?? NaN) + factor * (values[i] ?? NaN);
  }
}

/** [XᵀX + λ | XᵀY], by rows; the first token is left out. */
function normalEquations(x: Tensor, y: Tensor): Float64Array[] {
  const rows = Array.from({ length: D }, (_, i) => {
    const row = new Float64Array(2 * D);
    row[i] = 30;
    return row;
  });
  for (let at = D; at < x.data.length; at += D) {
    const both = Float64Array.of(...x.data.subarray(at, at + D), ...y.data.subarray(at, at + D));
    for (const [i, row] of rows.entries()) add(row, both[i] ?? NaN, both);
  }
  return rows;
}

/** W [DOut, D] that minimises Σ‖W x − y‖² + λ‖W‖²; the matrix is positive definite, so no pivot has to be looked for. */
function linearMap(x: Tensor, y: Tensor): Tensor {
  const rows = normalEquations(x, y);
  for (const [i, pivot] of rows.entries()) {
    const scaled = pivot.map((value) => value / (pivot[i] ?? NaN));
    pivot.set(scaled);
    for (const row of rows) if (row !== pivot) add(row, -(row[i] ?? NaN), scaled, i);
  }
  const data = Float32Array.from({ length: D * D }, (_, at) => {
    const [j, i] = [Math.floor(at / D), at % D];
    return rows[i]?.[D + j] ?? NaN;
  });
  return { dims: [D, D], data };
}

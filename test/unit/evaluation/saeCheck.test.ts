// The check of an SAE against its model: the embedded pair fits, and every mistake that is made in a copy of its files
// is named in a full sentence. What the embedded pair cannot show is tried on activations and figures made for it.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { alternativesOf } from '../../../src/engine/evaluation/saeCheck/alternatives.ts';
import { candidateSites } from '../../../src/engine/evaluation/saeCheck/candidateSites.ts';
import { pairsOf } from '../../../src/engine/evaluation/saeCheck/pairs.ts';
import { expectedL0, judge } from '../../../src/engine/evaluation/saeCheck/verdict.ts';
import { SaeRunner } from '../../../src/engine/evaluation/saeRunner.ts';
import { readSafetensors, writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { meanRowNorm, transpose } from '../../../src/engine/math/rows.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { SaeCheck, SaeFigures, SaeTrial } from '../../../src/shared/saeCheck.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { writeRandomSae } from '../sae/randomSae.ts';

const D = 288;
const site = 'blocks.2.hook_resid_post';
const folder = mkdtempSync(path.join(tmpdir(), 'monosem-check-'));
const engine = Engine.create();
const context = { signal: { aborted: false }, progress: () => undefined };

const corpus = readFileSync(path.join(defaultModelFolder, 'corpus', 'stories.txt'), 'utf8');
const stories = corpus.split('<|endoftext|>\n').slice(0, 4).join('\n');

/** On stories, or on the text that the check brings along. */
function check(
  sae: string,
  text: { readonly text?: string } = { text: stories },
): Promise<SaeCheck> {
  const source = { model: defaultModelFolder, saes: [sae], provider: 'cpu' } as const;
  return engine.checkSae({ source, sae, ...text }, context);
}

/** A copy of the embedded SAE; each of its own, because the engine keeps open what it opened. */
function copyOf(name: string, change: (config: Record<string, unknown>) => object): string {
  const copy = mkdtempSync(path.join(folder, `${name}-`));
  const weights = 'sae_weights.safetensors';
  copyFileSync(path.join(defaultSaeFolder, weights), path.join(copy, weights));
  const text = readFileSync(path.join(defaultSaeFolder, 'cfg.json'), 'utf8');
  const config = change(JSON.parse(text) as Record<string, unknown>);
  writeFileSync(path.join(copy, 'cfg.json'), JSON.stringify(config));
  return copy;
}

const withMetadata =
  (change: object) =>
  (config: Record<string, unknown>): object => ({
    ...config,
    metadata: { ...(config['metadata'] as object), ...change },
  });

async function tensorsOf(sae: string): Promise<Record<string, Tensor>> {
  const { tensors } = await readSafetensors(path.join(sae, 'sae_weights.safetensors'));
  const read = [...tensors].map(
    async ([name, stored]) => [name, await readTensor(stored)] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

async function copyWithTensors(
  name: string,
  change: (tensors: Record<string, Tensor>) => Record<string, Tensor>,
): Promise<string> {
  const copy = copyOf(name, (config) => config);
  const changed = change(await tensorsOf(copy));
  await writeSafetensors(path.join(copy, 'sae_weights.safetensors'), changed, { format: 'pt' });
  return copy;
}

const scaled = ({ dims, data }: Tensor, factor: number): Tensor => ({
  dims,
  data: data.map((value) => value * factor),
});

/** The values of the transpose under the shape of the original. */
function turned({ dims, data }: Tensor): Tensor {
  const out = new Float32Array(data.length);
  transpose(data, dims[1] ?? 0, out);
  return { dims, data: out };
}

function pick(tensors: Record<string, Tensor>, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  return tensor;
}

afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('an SAE that fits', () => {
  it('passes with the figures it is known for', async () => {
    const { passes, verdict, trials, expectedL0 } = await check(defaultSaeFolder);
    expect(verdict).toBe(
      `FVU 0.10 and L0 27.4 at ${site} over 503 tokens: the SAE reads this model as its config says.`,
    );
    expect(passes).toBe(true);
    expect(expectedL0).toBeUndefined();
    // 1 − 0.9021 on genuine stories, models/README.md.
    expect(Math.abs((trials[0]?.figures.fvu ?? NaN) - 0.0979)).toBeLessThan(0.02);
    expect(new Set(trials.map(({ changes }) => changes))).toEqual(
      new Set([
        'nothing',
        'site',
        'bos',
        'centring',
        'decoderBias',
        'normalisation',
        'orientation',
      ]),
    );
    expect(new Set(trials.map(({ figures }) => figures.tokens))).toEqual(new Set([503]));
  });

  it('passes on the built-in text, which no story model was made for', async () => {
    const { passes, trials } = await check(defaultSaeFolder, {});
    expect(passes).toBe(true);
    expect(trials[0]?.figures.fvu).toBeLessThan(0.25);
  });

  it('is not judged by a few words', async () => {
    await expect(check(defaultSaeFolder, { text: 'Once upon a time.' })).rejects.toThrow(
      'The text to check the SAE blocks.2.hook_resid_post on has 5 tokens; take one of at least 64, better 512.',
    );
  });
});

describe('a mistake in the files', () => {
  it.each([
    [
      'the site one block too late',
      withMetadata({ hook_name: 'blocks.3.hook_resid_post' }),
      'FVU 1.1 at blocks.3.hook_resid_post; 0.10 at blocks.2.hook_resid_post: the config names the wrong site.',
    ],
    [
      'the site one block too early',
      withMetadata({ hook_name: 'blocks.1.hook_resid_post' }),
      'FVU 0.53 at blocks.1.hook_resid_post; 0.10 at blocks.2.hook_resid_post: the config names the wrong site.',
    ],
    [
      'the middle of the block',
      withMetadata({ hook_name: 'blocks.2.hook_resid_mid' }),
      'FVU 0.48 at blocks.2.hook_resid_mid; 0.10 at blocks.2.hook_resid_post: the config names the wrong site.',
    ],
    [
      'what the MLP writes',
      withMetadata({ hook_name: 'blocks.2.hook_mlp_out' }),
      'FVU 0.75 at blocks.2.hook_mlp_out; 0.10 at blocks.2.hook_resid_post: the config names the wrong site.',
    ],
    [
      'no BOS',
      withMetadata({ prepend_bos: false }),
      'FVU 0.13 at blocks.2.hook_resid_post; 0.10 with BOS in front: the config is wrong about BOS (prepend_bos).',
    ],
    [
      'no b_dec',
      (config: object) => ({ ...config, apply_b_dec_to_input: false }),
      'FVU 0.16 at blocks.2.hook_resid_post; 0.10 with b_dec subtracted from the input: the config is wrong about subtracting b_dec (apply_b_dec_to_input).',
    ],
    [
      'layer norm',
      (config: object) => ({ ...config, normalize_activations: 'layer_norm' }),
      'FVU 8.9 at blocks.2.hook_resid_post; 0.10 with no normalisation of the input: the config names the wrong normalisation of the input.',
    ],
  ])('is named: %s', async (name, change, sentence) => {
    const { passes, verdict } = await check(copyOf(name.replaceAll(' ', '-'), change));
    expect(verdict).toBe(sentence);
    expect(passes).toBe(false);
  });

  it.each([
    [
      'W_enc',
      ['W_enc'],
      'FVU 1.5 at blocks.2.hook_resid_post; 0.10 with W_enc transposed: the file holds the weights the other way round than their shape says.',
    ],
    [
      'W_dec',
      ['W_dec'],
      'FVU 1.5 at blocks.2.hook_resid_post; 0.10 with W_dec transposed: the file holds the weights the other way round than their shape says.',
    ],
  ])('is named: %s the other way round', async (name, names, sentence) => {
    const copy = await copyWithTensors(name, (tensors) => ({
      ...tensors,
      ...Object.fromEntries(names.map((matrix) => [matrix, turned(pick(tensors, matrix))])),
    }));
    expect((await check(copy)).verdict).toBe(sentence);
  });

  it('is named: a factor of the input that the config does not tell', async () => {
    const model = { model: defaultModelFolder, provider: 'cpu' } as const;
    const x = await engine.activations({ model, site, text: stories }, () => undefined);
    const factor = Math.sqrt(D) / meanRowNorm(x.data, D);
    const copy = await copyWithTensors('factor', (tensors) => ({
      ...tensors,
      W_enc: scaled(pick(tensors, 'W_enc'), 1 / factor),
      W_dec: scaled(pick(tensors, 'W_dec'), factor),
      b_dec: scaled(pick(tensors, 'b_dec'), factor),
    }));
    expect((await check(copy)).verdict).toBe(
      'FVU 4.6 at blocks.2.hook_resid_post; 0.11 with the input scaled to a mean norm of √D (expected_average_only_in): the config names the wrong normalisation of the input.',
    );
  });

  it.each([
    [
      'site and normalisation',
      (config: Record<string, unknown>) => ({
        ...withMetadata({ hook_name: 'blocks.3.hook_resid_post' })(config),
        normalize_activations: 'layer_norm',
      }),
      'FVU 11 at blocks.3.hook_resid_post; 0.10 at blocks.2.hook_resid_post with no normalisation of the input: the config names the wrong site, and the config names the wrong normalisation of the input.',
    ],
  ])('is named where two things are wrong: %s', async (name, change, sentence) => {
    const { passes, verdict, trials } = await check(copyOf(name.replaceAll(' ', '-'), change));
    expect(verdict).toBe(sentence);
    expect(passes).toBe(false);
    expect(trials.filter(({ changesAlso }) => changesAlso !== undefined)).toHaveLength(1);
  });

  it('of a kind that nothing mends is no guess', async () => {
    const sae = path.join(folder, 'foreign');
    const activation = { architecture: 'standard' } as const;
    await writeRandomSae(sae, { D, F: 64, activation, applyBDecToInput: true, seed: 3, site });
    const { passes, verdict } = await check(sae);
    expect(verdict).toBe(
      'FVU 3.5 and L0 33.9 at blocks.2.hook_resid_post: an SAE that fits leaves less than 0.5, and no other site, BOS, centring, normalisation, bias or orientation mends it; check that the SAE was trained on this very model.',
    );
    expect(passes).toBe(false);
  });
});

describe('an SAE alone', () => {
  let runner: SaeRunner;
  let x: Tensor;

  beforeAll(async () => {
    runner = await SaeRunner.open(await loadSae(defaultSaeFolder));
    const model = { model: defaultModelFolder, provider: 'cpu' } as const;
    x = await engine.activations({ model, site, text: stories }, () => undefined);
  });
  afterAll(() => {
    runner.dispose();
  });

  it('gives the same figures in blocks of any size', async () => {
    const whole = await runner.measure(x, x);
    const parts = await runner.measure(x, x, 4096 * 37);
    expect(parts.tokens).toBe(whole.tokens);
    expect(parts.l0).toBeCloseTo(whole.l0, 6);
    expect(parts.explainedVariance).toBeCloseTo(whole.explainedVariance, 5);
  });

  it('is found to want rows without their mean', async () => {
    // What a model whose writing weights are not centred adds to every entry of a token.
    const shifted = {
      ...x,
      data: x.data.map((value, i) => value + 0.5 * Math.sin(Math.floor(i / D))),
    };
    const sae = await loadSae(defaultSaeFolder);
    const trials: SaeTrial[] = [];
    const before = { changes: 'nothing', how: `at ${site}`, sae } as const;
    for (const { changes, how, sae: other } of [
      before,
      ...alternativesOf(sae, meanRowNorm(shifted.data, D)),
    ]) {
      const run = await SaeRunner.open(other);
      const { tokens, l0, deadShare, cosine, explainedVariance } = await run.measure(
        shifted,
        shifted,
      );
      run.dispose();
      const figures = { tokens, fvu: 1 - explainedVariance, l0, deadShare, cosine };
      trials.push({ changes, how, figures });
    }
    expect(judge(sae, trials).verdict).toBe(
      'FVU 7.5 at blocks.2.hook_resid_post; 0.015 with the mean of each row subtracted: the SAE was trained on centred rows (center_writing_weights), which its config does not say.',
    );
  });
});

describe('the verdict', () => {
  const figures: SaeFigures = { tokens: 500, fvu: 0.2, l0: 30, deadShare: 0.5, cosine: 0.9 };
  const configured = (change: Partial<SaeFigures>): SaeTrial => ({
    changes: 'nothing',
    how: `at ${site}`,
    figures: { ...figures, ...change },
  });
  const other = (changes: SaeTrial['changes'], how: string, fvu: number): SaeTrial => ({
    changes,
    how,
    figures: { ...figures, fvu },
  });
  const relu = { site, F: 4096, centre: false, activation: { kind: 'relu' } } as const;
  const topk = { ...relu, activation: { kind: 'topk', k: 32 } } as const;

  it('says that an L0 is not what the files promise', () => {
    expect(judge(topk, [configured({ l0: 30 })]).passes).toBe(true);
    expect(judge(topk, [configured({ l0: 10 })])).toEqual({
      passes: false,
      verdict: `FVU 0.20 and L0 10.0 at ${site}: its files promise an L0 of 32, and no other site, BOS, centring, normalisation, bias or orientation mends it; check that the SAE was trained on this very model.`,
    });
    expect(judge(relu, [configured({ l0: 0.4 })]).verdict).toContain(
      ': hardly any feature is active,',
    );
    expect(judge(relu, [configured({ l0: 2000 })]).verdict).toContain(
      ': of 4096 features too many are active,',
    );
  });

  it('compares the L0 with what folders and configurations promise, not only with k', () => {
    const jumprelu = { ...relu, expectedL0: 82 };
    expect(judge(jumprelu, [configured({ l0: 60 })]).passes).toBe(true);
    expect(judge(jumprelu, [configured({ l0: 300 })]).verdict).toContain(
      ': its files promise an L0 of 82,',
    );
  });

  it.each([
    ['gemma_scope/res/gemma-scope-2b-pt-res/layer_1/width_16k/average_l0_10', 10],
    ['llama_scope/l15r/Llama3_1-8B-Base-L15R-8x', 50],
  ])('knows what is promised: %s', async (name, l0) => {
    const sae = await loadSae(path.join('test', 'golden', 'saes', name));
    expect(expectedL0(sae)).toBe(l0);
  });

  it('tries a bounded number of pairs, each of two different changes', async () => {
    const sae = await loadSae(defaultSaeFolder);
    const sites = Array.from({ length: 12 }, (_, i) => [`blocks.${i}.hook_mlp_out`, 3] as const);
    const pairs = pairsOf(sae, sites);
    // 4 sites with 5 changes each; centring with 4 others, b_dec with 3.
    expect(pairs).toHaveLength(4 * 5 + 4 + 3);
    for (const { changes, changesAlso } of pairs) expect(changes).not.toBe(changesAlso);
    expect(new Set(pairs.map(({ how }) => how)).size).toBe(pairs.length);
  });

  it('believes only a change that leaves clearly less', () => {
    const slightly = other('decoderBias', 'without b_dec', 0.17);
    expect(judge(relu, [configured({}), slightly]).passes).toBe(true);
    expect(judge(relu, [configured({}), other('bos', 'without BOS', 0.17)]).passes).toBe(false);
    const stillBad = other('site', 'at blocks.1.hook_resid_post', 0.6);
    expect(judge(relu, [configured({ fvu: 2 }), stillBad]).verdict).toContain(
      'an SAE that fits leaves less than 0.5',
    );
  });

  it('names the likelier of equals, and something where nothing is a number', () => {
    const near = other('site', 'at a', 0.1);
    const same = other('centring', 'centred', 0.0999);
    expect(judge(relu, [configured({ fvu: NaN }), near, same]).verdict).toBe(
      `FVU not a number at ${site}; 0.10 at a: the config names the wrong site.`,
    );
  });
});

describe('sites that may be meant', () => {
  const hooks = ['hook_resid_pre', 'hook_resid_mid', 'hook_mlp_out', 'hook_resid_post'];
  const all = Array.from({ length: 6 }, (_, i) =>
    hooks.map((hook) => `blocks.${i}.${hook}`),
  ).flat();

  it('are near, each place once, likely ones first', () => {
    expect(candidateSites(['hook_embed', ...all], 'blocks.2.hook_resid_post')).toEqual([
      'blocks.1.hook_resid_post',
      'blocks.3.hook_resid_post',
      'blocks.2.hook_resid_mid',
      'blocks.2.hook_mlp_out',
      'blocks.0.hook_resid_post',
      'blocks.4.hook_resid_post',
      'blocks.1.hook_resid_mid',
      'blocks.1.hook_mlp_out',
      'blocks.3.hook_resid_mid',
      'blocks.3.hook_mlp_out',
    ]);
    expect(candidateSites(all, 'hook_embed')).toEqual([]);
  });
});

// The command as a user types it: a process of its own, its output, its exit code.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTensor } from '../../../src/engine/engine.ts';
import { defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { SteeredSample, SteerResult } from '../../../src/shared/engineProtocol.ts';
import { writeRandomSae } from '../sae/randomSae.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What users run: the bundle. */
const main = path.resolve('dist/cli.mjs');

function monosem(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

describe('monosem', () => {
  let folder: string;
  let bundle: WrittenBundle;
  let source: string[];
  const at = (...names: string[]): string => path.join(folder, ...names);

  beforeAll(async () => {
    execFileSync(process.execPath, ['esbuild.mjs']);
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-cli-'));
    const sae = { architecture: 'jumprelu' } as const;
    bundle = await writeBundle(at('model'), { decoder: { kind: 'llama', seed: 1 }, sae, seed: 2 });
    source = ['--model', bundle.source.model, '--sae', bundle.sae];
    writeFileSync(at('text.txt'), 'w5 w6\r\nw7\tw8 w9');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { code, out, err } = await monosem(...args, ...source, '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    return JSON.parse(out) as Record<string, unknown>;
  };

  it('inspects a file', async () => {
    const result = await json('inspect', at('text.txt'), '--top', '3');
    expect(result).toMatchObject({
      model: 'model',
      saes: [{ name: 'sae', site: 'blocks.1.hook_resid_post', features: 96 }],
    });
    const tokens = result['tokens'] as {
      index: number; id: number; text: string; start: number; end: number; loss: number;
      features: { id: number; activation: number }[];
    }[]; // prettier-ignore
    const text = readFileSync(at('text.txt'), 'utf8');
    expect(tokens.map(({ id }) => id)).toEqual([5, 6, 7, 8, 9]);
    expect(tokens.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    for (const { text: token, start, end, loss, features } of tokens) {
      expect(text.slice(start, end)).toBe(token);
      expect(loss).toBeGreaterThan(0);
      expect(features.length).toBeLessThanOrEqual(3);
      expect(features.every(({ activation }) => activation > 0)).toBe(true);
    }
  });

  const onlySample = async (...args: readonly string[]): Promise<SteeredSample> => {
    const { samples } = (await json(...args)) as unknown as SteerResult;
    const [sample] = samples;
    if (sample === undefined) throw new Error('no text');
    return sample;
  };

  it('steers, and an edit without effect changes nothing', async () => {
    const prompt = ['steer', '--prompt', 'w4 w5 w6', '--tokens', '8'];
    const steered = await onlySample(...prompt, '--edit', '7:clamp=40', '--edit', '9:ablate');
    expect(steered.steps.length).toBeGreaterThan(0);
    expect(steered.steps[0]?.kl).toBeGreaterThan(0);
    const same = await onlySample(...prompt, '--edit', '7:scale=1');
    expect(same.baseline).toEqual(same.steered);
    expect(same.baseline).toEqual(steered.baseline);
  });

  it('repeats itself with one seed and not with another', async () => {
    const sample = (seed: string): Promise<SteeredSample> =>
      onlySample('steer', '--prompt', 'w4', '--tokens', '12', '--edit', '3:add=2', '--temperature', '1', '--seed', seed); // prettier-ignore
    const first = await sample('1');
    expect(await sample('1')).toEqual(first);
    expect((await sample('2')).baseline).not.toEqual(first.baseline);
  });

  it('keeps the first step unchanged when only generated tokens are steered', async () => {
    const { steps } = await onlySample('steer', '--prompt', 'w4 w8', '--edit', '7:clamp=40', '--scope', 'generated', '--tokens', '3'); // prettier-ignore
    expect(steps[0]?.kl).toBe(0);
    expect(steps[1]?.kl).toBeGreaterThan(0);
  });

  it('writes activations that encode to the features inspect shows', async () => {
    const site = 'blocks.1.hook_resid_post';
    const activations = at('activations.safetensors');
    const encoded = at('encoded.safetensors');
    await monosem('activations', at('text.txt'), '--site', site, '--out', activations, '--model', bundle.source.model); // prettier-ignore
    const { code } = await monosem('encode', '--sae', bundle.sae, '--activations', activations, '--out', encoded); // prettier-ignore
    expect(code).toBe(0);
    expect((await loadTensor(activations, 'activations')).dims).toEqual([5, 32]);
    expect((await loadTensor(encoded, 'reconstruction')).dims).toEqual([5, 32]);
    const features = await loadTensor(encoded, 'features');
    expect(features.dims).toEqual([5, 96]);
    const { tokens } = (await json('inspect', at('text.txt'))) as {
      tokens: { features: { id: number; activation: number }[] }[];
    };
    for (const [t, token] of tokens.entries()) {
      const strongest = Math.max(...features.data.subarray(t * 96, (t + 1) * 96));
      const [top] = token.features;
      expect(top?.activation).toBeCloseTo(strongest, 5);
      expect(features.data[t * 96 + (top?.id ?? -1)]).toBeCloseTo(strongest, 5);
    }
  });

  it('tells what the files of an SAE say, and whether the model agrees', async () => {
    const { sae } = bundle;
    const { model } = bundle.source;
    const info = await monosem('sae', 'info', sae, '--json');
    expect(JSON.parse(info.out)).toMatchObject({
      format: 'SAELens', site: 'blocks.1.hook_resid_post', D: 32, F: 96, activation: 'jumprelu',
      inputNormalisation: 'none', bDecSubtracted: true, prependsBos: true, weightTypes: ['float32'],
    }); // prettier-ignore
    expect((await monosem('sae', 'info', sae)).out).toMatch(/^b_dec subtracted +yes$/m);
    const words = Array.from({ length: 100 }, (_, i) => `w${2 + ((i * i * 7) % 50)}`).join(' ');
    writeFileSync(at('words.txt'), words);
    const check = ['sae', 'check', sae, '--model', model, '--text', at('words.txt')];
    const { code, out } = await monosem(...check);
    // Random weights fit no model.
    expect(code).toBe(1);
    expect(out).toMatch(/^sae: does not fit\nFVU .* at blocks\.1\.hook_resid_post/);
    expect(out).toMatch(/^with every input layer-normalised/m);
    const asJson = await monosem(...check, '--json');
    expect([asJson.code, asJson.err]).toEqual([1, '']);
    const { trials } = JSON.parse(asJson.out) as { trials: object[] };
    expect(trials[0]).toMatchObject({ changes: 'nothing', figures: { tokens: 97 } });
  });

  it('builds a feature store and shows a feature', async () => {
    const corpus = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 30 }, (__, j) => `w${2 + ((i * 31 + j * j) % 50)}`).join(' '),
    );
    writeFileSync(at('corpus.txt'), corpus.join('\n<|endoftext|>\n'));
    expect(await json('index', at('corpus.txt'))).toMatchObject([{ documents: 20, tokens: 600 }]);
    const { tokens } = (await json('inspect', at('text.txt'))) as {
      tokens: { features: { id: number }[] }[];
    };
    const id = tokens[0]?.features[0]?.id ?? 0;
    const feature = await json('feature', String(id), '--examples', '4');
    expect(feature['density']).toBeGreaterThan(0);
    expect(feature['maxActivation']).toBeGreaterThan(0);
    const examples = feature['examples'] as {
      tokens: string[];
      activations: number[];
      peak: number;
    }[];
    expect(examples).toHaveLength(4);
    expect(examples[0]?.activations[examples[0].peak]).toBeCloseTo(
      feature['maxActivation'] as number,
      5,
    );
    const shown = await monosem('feature', String(id), ...source);
    expect(shown.out).toContain(`Feature ${id}`);
  });

  it('uses several SAEs at once, numbered in the order they are named in', async () => {
    const second = at('second');
    await writeRandomSae(second, {
      ...{ D: 32, F: 96, activation: { architecture: 'standard' }, applyBDecToInput: true },
      ...{ seed: 5, site: 'blocks.0.hook_resid_post' },
    });
    const both = [...source, '--sae', second];
    const inspected = await monosem('inspect', at('text.txt'), ...both, '--json');
    const { saes, tokens } = JSON.parse(inspected.out) as {
      saes: { site: string }[];
      tokens: { features: { sae: number; id: number }[] }[];
    };
    expect(saes.map(({ site }) => site)).toEqual([
      'blocks.1.hook_resid_post',
      'blocks.0.hook_resid_post',
    ]);
    const [token] = tokens;
    expect(new Set(token?.features.map(({ sae }) => sae))).toEqual(new Set([1, 2]));
    const table = await monosem('inspect', at('text.txt'), ...both);
    expect(table.out).toMatch(/^SAE 2 · model · blocks\.0\.hook_resid_post · 96 features/m);

    const prompt = ['steer', '--prompt', 'w4 w5 w6', '--tokens', '4', '--json', ...both];
    const steer = async (edit: string): Promise<string> => {
      const { code, out } = await monosem(...prompt, '--edit', edit);
      expect(code).toBe(0);
      return out;
    };
    expect(await steer('7:clamp=9')).toBe(await steer('1/7:clamp=9'));
    expect(await steer('7:clamp=9')).not.toBe(await steer('2/7:clamp=9'));
    await refuses(/edits SAE number 3, and there are 2/, 2, ...prompt, '--edit', '3/7:ablate');

    expect((await monosem('index', at('text.txt'), ...both)).code).toBe(0);
    const feature = await monosem('feature', `2/${String(token?.features.at(-1)?.id)}`, ...both);
    expect(feature).toMatchObject({ code: 0, err: '' });
    await refuses(/with N\/ in front for the N-th of several SAEs/, 2, 'feature', '3/1', ...both);
  });

  it('lists the sites of a model', async () => {
    const { code, out } = await monosem('sites', bundle.decoder.file, '--json');
    expect(code).toBe(0);
    const facts = JSON.parse(out) as { layers: number; sites: { name: string; tensor: string }[] };
    expect(facts.layers).toBe(3);
    const names = facts.sites.map(({ name }) => name);
    expect(names).toContain('blocks.2.hook_resid_post');
    expect(new Set(names).size).toBe(names.length);
  });

  it('takes a folder where it takes a model, and one of several variants', async () => {
    const { model } = bundle.source;
    cpSync(bundle.decoder.file, path.join(model, 'onnx', 'model_q4.onnx'));
    const facts = async (...args: string[]): Promise<unknown> =>
      (JSON.parse((await monosem('sites', ...args, '--json')).out) as { file: unknown }).file;
    expect(await facts(model)).toBe(bundle.decoder.file);
    const other = path.join(model, 'onnx', 'model_q4.onnx');
    expect(await facts(model, '--variant', 'model_q4.onnx')).toBe(other);
    await json('inspect', at('text.txt'), '--variant', 'onnx/model_q4.onnx');
    await refuses(
      /has no variant "onnx\/model_q8\.onnx"; it has onnx\/model\.onnx, onnx\/model_q4\.onnx\./,
      1,
      ...['inspect', at('text.txt'), ...source, '--variant', 'onnx/model_q8.onnx'],
    );
    rmSync(other);
  });

  it('continues a prompt without an SAE, as text or as a chat', async () => {
    const { model } = bundle.source;
    const steer = ['steer', '--prompt', 'w4 w5', '--tokens', '4', '--model', model];
    const { code, out } = await monosem(...steer);
    expect(code).toBe(0);
    expect(out).toMatch(/^w4 w5│/);
    const { samples } = JSON.parse((await monosem(...steer, '--json')).out) as {
      samples: { baseline: { tokens: number[] } }[];
    };
    expect(samples[0]?.baseline.tokens).toHaveLength(4);
    await refuses(/has no chat template/, 1, ...steer, '--chat');
    const template = '{{ messages[0].content }} w6 w7';
    writeFileSync(path.join(model, 'chat_template.jinja'), template);
    const chat = JSON.parse((await monosem(...steer, '--chat', '--json')).out) as object;
    const [name, flag, , ...rest] = steer;
    const plain = await monosem(name ?? '', flag ?? '', 'w4 w5 w6 w7', ...rest, '--json');
    expect(chat).toEqual(JSON.parse(plain.out));
    rmSync(path.join(model, 'chat_template.jinja'));
  });

  it('tells what there is, what one command takes, and its version', async () => {
    const names = ['inspect', 'token', 'ablate', 'compare', 'steer', 'sweep', 'feature', 'sites', 'activations', 'encode', 'direction', 'index', 'sae', 'diagnose']; // prettier-ignore
    const { out: all } = await monosem('help');
    for (const name of names) {
      expect(all).toContain(`\n  monosem ${name}`);
    }
    const { code, out } = await monosem('steer', '--help');
    expect(code).toBe(0);
    expect(out).toBe((await monosem('help', 'steer')).out);
    expect(out).toContain('--variant FILE.onnx');
    expect(out).toContain('12:clamp=3max');
    expect(all).not.toContain('12:clamp=3max');
    expect((await monosem('help', 'encode')).out).not.toContain('--provider');
    expect(Math.max(...all.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(103);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await monosem('--version')).out).toBe(`${version}\n`);
  });

  it('says by its exit code that a model does not open, and reports all the same', async () => {
    const found = await monosem('diagnose', '--model', bundle.source.model);
    expect(found.code).toBe(0);
    const missing = await monosem('diagnose', '--model', at('nowhere'));
    expect([missing.code, missing.err]).toEqual([1, '']);
    expect(missing.out).toMatch(/^Machine\n[^]*\nThe model was not opened\.\n {2}.*nowhere/);
    const asJson = await monosem('diagnose', '--model', at('nowhere'), '--json');
    expect(asJson.code).toBe(1);
    expect((JSON.parse(asJson.out) as { failure: string }).failure).toContain('nowhere');
  });

  it('passes an SAE that fits, and says so by its exit code', async () => {
    // The embedded pair, on the text the check brings along.
    const { code, out } = await monosem('sae', 'check', defaultSaeFolder);
    expect(out).toMatch(/: fits\n/);
    expect(code).toBe(0);
  });

  it('tells the exit codes', async () => {
    const end = async (...words: string[]): Promise<readonly string[]> =>
      (await monosem('help', ...words)).out.trimEnd().split('\n').slice(-4);
    const codes = (one: string): readonly string[] => [
      'Exit codes:',
      '  0  done',
      `  1  ${one}`,
      '  2  the call is wrong',
    ];
    expect(await end('sae')).toEqual(codes('it failed, or the SAE does not fit'));
    expect(await end('steer')).toEqual(codes('it failed'));
    expect(await end()).toEqual(
      codes('it failed, or the SAE does not fit, or the model does not open'),
    );
  });

  it('prints tables for people', async () => {
    const { code, out } = await monosem('inspect', at('text.txt'), ...source);
    expect(code).toBe(0);
    expect(out).toContain('w5');
    expect(out.split('\n')).toHaveLength(1 + 1 + 2 + 5 + 1);
  });

  /** One sentence on stderr, nothing on stdout. */
  const refuses = async (pattern: RegExp, exitCode: number, ...args: string[]): Promise<void> => {
    const { code, out, err } = await monosem(...args);
    expect(err).toMatch(pattern);
    expect(err).toMatch(/^monosem: [^\n]+\n$/);
    expect(out).toBe('');
    expect(code).toBe(exitCode);
  };

  it.each([
    [/"frobnicate" is not a command/, ['frobnicate']],
    [/FILE is missing/, ['inspect']],
    [/"b\.txt" is one word too many: inspect takes one FILE/, ['inspect', 'a.txt', 'b.txt']],
    [/"c\.txt" is one word too many: compare takes A B/, ['compare', 'a.txt', 'b.txt', 'c.txt']],
    [/B is missing: compare takes two text files/, ['compare', 'a.txt']],
    [/"there" is one word too many: steer takes options/, ['steer', '--prompt', 'hi', 'there']],
    [/"frobnicate" is not a command/, ['help', 'frobnicate']],
    [/--top takes a whole number/, ['inspect', 'text.txt', '--top', 'many']],
    [/unknown|Unknown/, ['inspect', 'text.txt', '--tpo', '3']],
    [/--edit is missing/, ['steer', '--prompt', 'w1', '--sae', 'sae']],
    [/--prompt is missing/, ['steer', '--edit', '1:ablate']],
    [
      /--scope takes all, prompt, generated/,
      ['steer', '--prompt', 'a', '--edit', '1:ablate', '--scope', 'x'],
    ],
    [
      /--amounts takes a range/,
      ['sweep', '--prompt', 'a', '--edit', '1:add=1', '--amounts', '-5..'],
    ],
    [/--more is missing/, ['direction', '--site', 'hook_embed', '--out', 'a.safetensors']],
    [/--out is missing/, ['activations', 'text.txt', '--site', 'hook_embed']],
    [/sae takes info or check and then a folder, not "models"/, ['sae', 'models']],
    [/DIR is missing/, ['sae', 'check']],
    [/"b" is one word too many: sae takes info\|check DIR/, ['sae', 'info', 'a', 'b']],
  ])('explains a wrong call: %s', async (pattern, args) => {
    await refuses(pattern, 2, ...args);
  });

  it('explains edits it cannot read and features there are not', async () => {
    const steer = ['steer', '--prompt', 'w4', ...source];
    await refuses(
      /"7:explode" is not an edit; write ID:ablate/,
      2,
      ...steer,
      '--edit',
      '7:explode',
    );
    await refuses(/no feature 96; choose an id from 0 to 95/, 1, ...steer, '--edit', '96:ablate');
    await refuses(/no feature 1000/, 1, 'feature', '1000', ...source);
  });

  it('explains files that are no text', async () => {
    writeFileSync(at('empty.txt'), '');
    writeFileSync(at('binary.bin'), Uint8Array.of(1, 0, 255, 3));
    writeFileSync(at('large.txt'), 'w5 '.repeat(7_000_000));
    await refuses(/empty\.txt is empty/, 1, 'inspect', at('empty.txt'), ...source);
    await refuses(/binary/, 1, 'inspect', at('binary.bin'), ...source);
    await refuses(/20\.0 MB, more than the 2\.0 MB/, 1, 'inspect', at('large.txt'), ...source);
    await refuses(/there is no file/, 1, 'inspect', at('nothing.txt'), ...source);
    await refuses(/is a folder/, 1, 'inspect', folder, ...source);
  });

  const broken = (name: string, damage: (file: string) => void): string[] => {
    const copy = at(`broken-${path.basename(name)}`);
    cpSync(bundle.source.model, copy, { recursive: true });
    damage(path.join(copy, name));
    return ['inspect', at('text.txt'), '--model', copy, '--sae', path.join(copy, 'sae')];
  };

  it.each([
    ['onnx/model.onnx', /model\.onnx/],
    ['sae/sae_weights.safetensors', /sae_weights\.safetensors/],
    ['tokenizer.json', /tokenizer\.json/],
    ['config.json', /config\.json/],
    ['sae/cfg.json', /cfg\.json/],
  ])('names a truncated or missing %s', async (name, pattern) => {
    await refuses(
      pattern,
      1,
      ...broken(name, (file) => truncateSync(file, 700 % (readFileSync(file).length / 2))),
    );
    await refuses(/sae|model|config|tokenizer/, 1, ...broken(name, (file) => rmSync(file)));
  });

  it('refuses an SAE of another width or another site', async () => {
    const wrong = {
      F: 8,
      activation: { architecture: 'standard' },
      applyBDecToInput: true,
      seed: 1,
    } as const;
    await writeRandomSae(at('wide'), { ...wrong, D: 64 });
    await writeRandomSae(at('deep'), { ...wrong, D: 32, site: 'blocks.9.hook_resid_post' });
    const inspect = ['inspect', at('text.txt'), '--model', bundle.source.model, '--sae'];
    await refuses(
      /width 64, but blocks\.2\.hook_resid_post of the model .* has width 32/,
      1,
      ...inspect,
      at('wide'),
    );
    await refuses(/blocks\.9\.hook_resid_post, which the model/, 1, ...inspect, at('deep'));
    await refuses(/--sae is missing/, 2, 'inspect', at('text.txt'), '--model', bundle.source.model);
  });
});

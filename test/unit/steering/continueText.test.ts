// Text that a model continues by itself: the baseline of steering without the SAE, with and without a KV cache, and
// from a chat template.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { openModel } from '../../../src/engine/model/openModel.ts';
import { continueText } from '../../../src/engine/steering/continueText.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import { withScope } from '../../../src/shared/editScope.ts';
import type { Continuation, SteeredSample } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { writeRandomSae } from '../sae/randomSae.ts';
import { wordBundleFiles, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';

const temporary = mkdtempSync(path.join(tmpdir(), 'monosem-continue-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(temporary, { recursive: true, force: true });
});

const quiet = { signal: { aborted: false }, progress: () => undefined };
const greedy = { temperature: 0, seed: 0, maxTokens: 10 };
const sampled = { temperature: 1, seed: 5, maxTokens: 10 };

interface Wanted {
  readonly prompt: string;
  readonly chat?: boolean;
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
}

describe('a random model', () => {
  let bundle: WrittenBundle;
  beforeAll(async () => {
    const sae = { architecture: 'jumprelu' } as const;
    bundle = await writeBundle(path.join(temporary, 'random'), {
      decoder: { kind: 'llama', seed: 1 },
      sae,
      seed: 2,
    });
  });

  const configure = (config: object): void => {
    const file = path.join(bundle.source.model, 'tokenizer_config.json');
    writeFileSync(file, JSON.stringify({ bos_token: '<s>', eos_token: '</s>', ...config }));
  };
  const alone = async (wanted: Wanted): Promise<Continuation> => {
    const model = { model: bundle.source.model };
    const [only] = await engine.continueText({ model, ...wanted }, quiet);
    if (only === undefined) throw new Error('no text');
    return only;
  };
  const beside = async (wanted: Wanted): Promise<SteeredSample> => {
    const fresh = Engine.create();
    const edit = { feature: featureIndex(7), operation: 'clamp', amount: 40 } as const;
    const { source, sae } = bundle;
    const edits = [{ sae, ...edit }];
    const { samples } = await fresh.steer({ source, edits, ...wanted }, quiet);
    await fresh.dispose();
    const [only] = samples;
    if (only === undefined) throw new Error('no text');
    return only;
  };

  test.each([greedy, sampled])('is the baseline of steering: %j', async (how) => {
    // The SAE has BOS in front; the tokenizer puts it there only when told to.
    configure({ tokenizer_class: 'LlamaTokenizer' });
    const wanted = { prompt: 'w4 w5 w6', ...how };
    const { baseline } = await beside(wanted);
    expect(baseline.tokens.length).toBeGreaterThan(3);
    expect(await alone(wanted)).toEqual(baseline);
    configure({});
    expect(await alone(wanted)).not.toEqual(baseline);
  });

  test('samples read the prompt once and are the texts of runs with the next seeds', async () => {
    configure({});
    const model = await openModel(bundle.source.model);
    const program = await openSteerProgram(model, []);
    const [run, append] = [vi.spyOn(program, 'run'), vi.spyOn(program, 'append')];
    const texts = await continueText(
      { model, program },
      { prompt: 'w4 w5 w6', ...sampled, samples: 3 },
      () => undefined,
      () => Promise.resolve(),
    );
    const read = [run, append].map(({ mock }) =>
      mock.calls.map(([{ ids, batch }]) => [batch, ids.length / batch]),
    );
    program.dispose();
    // All but the last token of the prompt; behind it the last one, then a token of each text.
    const tokens = Array.from({ length: sampled.maxTokens - 1 }, () => [3, 1]);
    expect(read).toEqual([[[1, 2]], [[1, 1], ...tokens]]);
    const each = [5, 6, 7].map((seed) => alone({ prompt: 'w4 w5 w6', ...sampled, seed }));
    expect(texts).toEqual(await Promise.all(each));
    expect(new Set(texts.map(({ text }) => text)).size).toBe(3);
  });

  test('a chat is the rendered template, with BOS once', async () => {
    configure({
      tokenizer_class: 'LlamaTokenizer',
      chat_template:
        '{{ bos_token }}{% for m in messages %} w9 {{ m.content }} w10{% endfor %}{% if add_generation_prompt %} w11{% endif %}',
    });
    const plain = await alone({ prompt: 'w9 w4 w5 w10 w11', ...greedy });
    const chat = { prompt: 'w4 w5', chat: true, ...greedy };
    expect(await alone(chat)).toEqual(plain);
    expect((await beside(chat)).baseline).toEqual(plain);
  });

  test('a chat with a model that has no template', async () => {
    configure({});
    const expected = {
      code: 'unsupportedModel',
      message: expect.stringMatching(/^The model random has no chat template/) as string,
    };
    const chat = { prompt: 'w4', chat: true, ...greedy };
    await expect(alone(chat)).rejects.toMatchObject(expected);
    await expect(beside(chat)).rejects.toMatchObject(expected);
  });

  test('an empty prompt is enough for a model with BOS, and nothing for one without', async () => {
    configure({ tokenizer_class: 'LlamaTokenizer' });
    expect((await alone({ prompt: '', ...greedy })).tokens).toHaveLength(10);
    configure({});
    await expect(alone({ prompt: '', ...greedy })).rejects.toMatchObject({ code: 'emptyText' });
  });

  const words = (count: number): string =>
    Array.from({ length: count }, (_, i) => `w${String(2 + ((i * i * 7) % 50))}`).join(' ');

  // Prompts are read in blocks of 256 tokens; these end at, before and behind a border.
  test.each([255, 256, 257, 600])('a prompt of %i tokens is read whole', async (count) => {
    configure({});
    // The graph computes its positions: its context is as long as the configuration says.
    const file = path.join(bundle.source.model, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, max_position_embeddings: 1024 }));
    const first = await alone({ prompt: words(count), ...greedy });
    const half = first.tokens.slice(0, 5).map((id) => `w${id}`);
    const second = await alone({ prompt: [words(count), ...half].join(' '), ...greedy });
    expect(second.tokens.slice(0, 5)).toEqual(first.tokens.slice(5));
  });

  test('a prompt that leaves no room', async () => {
    await expect(alone({ prompt: words(1024), ...greedy })).rejects.toMatchObject({
      code: 'tooManyTokens',
    });
  });
});

describe('exports of one model with and without a KV cache', () => {
  const golden = path.join(import.meta.dirname, '..', '..', 'golden', 'families', 'gpt2');

  const variants = ['optimum.onnx', 'optimum-nocache.onnx'];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(temporary, 'gpt2-'));
    const config = JSON.parse(readFileSync(path.join(golden, 'config.json'), 'utf8')) as {
      readonly n_layer: number;
      readonly n_embd: number;
      readonly vocab_size: number;
      readonly n_positions: number;
    };
    const shape = {
      layers: config.n_layer,
      dModel: config.n_embd,
      vocabulary: config.vocab_size,
      context: config.n_positions,
    } as Parameters<typeof wordBundleFiles>[1];
    for (const [name, content] of Object.entries(wordBundleFiles('gpt2', shape))) {
      writeFileSync(path.join(folder, name), JSON.stringify(content));
    }
    for (const name of variants) copyFileSync(path.join(golden, name), path.join(folder, name));
  });

  test('continue alike', async () => {
    const texts = await Promise.all(
      variants.map((variant) =>
        engine.continueText(
          { model: { model: folder, variant }, prompt: 'w4 w5 w6', ...greedy },
          quiet,
        ),
      ),
    );
    const [cached, uncached] = texts.flat();
    expect(cached?.tokens).toHaveLength(10);
    expect(uncached).toEqual(cached);
  });

  test.each(['all', 'prompt', 'generated'] as const)('are steered alike: %s', async (scope) => {
    const sae = path.join(folder, 'sae');
    const activation = { architecture: 'jumprelu' } as const;
    const site = 'blocks.0.hook_resid_post';
    await writeRandomSae(sae, { D: 32, F: 64, activation, applyBDecToInput: true, seed: 3, site });
    const edit = { sae, feature: featureIndex(7), operation: 'clamp', amount: 30 } as const;
    const results = await Promise.all(
      variants.map((variant) =>
        engine.steer(
          {
            source: { model: folder, variant, saes: [sae] },
            prompt: 'w4 w5 w6',
            edits: withScope([edit], scope),
            ...greedy,
          },
          quiet,
        ),
      ),
    );
    const [cached, uncached] = results.flatMap(({ samples }) => samples);
    expect(cached?.steered.tokens).toHaveLength(10);
    expect(cached?.steered).not.toEqual(cached?.baseline);
    expect(uncached?.steered).toEqual(cached?.steered);
    expect(uncached?.baseline).toEqual(cached?.baseline);
  });
});

// What generation promises whatever the edits: the same request gives the same texts, samples and continued runs are what
// single and longer runs give, a remembered prompt changes nothing, texts end where they should.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import type {
  Continuation,
  ExpectedInStep,
  SteeredSample,
  SteerEdit,
  SteerParams,
  SteerResult,
  SteerStep,
} from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';

const kinds = ['llama', 'gpt2'] as const;
const vocabulary = 60;
/** Ranks behind the first n. */
const notAmong = (n: number): number[] =>
  Array.from({ length: vocabulary - n }, (_, i) => n + 1 + i);

function expected(step: SteerStep | undefined): ExpectedInStep {
  if (step?.expected === undefined) throw new Error('nothing is expected');
  return step.expected;
}
const prompt = Array.from({ length: 20 }, (_, t) => `w${2 + ((t * 7 + t * t) % 45)}`).join(' ');

describe.each(kinds)('%s', (kind) => {
  let folder: string;
  let bundle: WrittenBundle;
  let engine: Engine;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-generation-'));
    const sae = { architecture: 'jumprelu' } as const;
    bundle = await writeBundle(folder, { decoder: { kind, seed: 3 }, sae, seed: 4 });
    engine = Engine.create();
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const edit = (amount: number, generated = false): SteerEdit => ({
    sae: bundle.sae,
    feature: featureIndex(7),
    operation: 'add',
    amount,
    ...(generated && { positions: { scope: 'generated' } }),
  });
  const params = (wanted: Partial<SteerParams> = {}): SteerParams => ({
    source: bundle.source,
    prompt,
    edits: [edit(3)],
    maxTokens: 12,
    temperature: 1,
    seed: 9,
    ...wanted,
  });
  const run = async (wanted: Partial<SteerParams> = {}, fresh = false): Promise<SteerResult> => {
    const own = fresh ? Engine.create() : engine;
    const result = await own.steer(params(wanted), {
      signal: { aborted: false },
      progress: () => undefined,
    });
    if (fresh) await own.dispose();
    return result;
  };
  const one = async (wanted: Partial<SteerParams> = {}): Promise<SteeredSample> => {
    const [sample] = (await run(wanted)).samples;
    if (sample === undefined) throw new Error('no sample');
    return sample;
  };
  const ids = ({ tokens }: Continuation): number[] => [...tokens];

  test('the same request gives the same bits, whatever was asked before', async () => {
    for (const wanted of [{}, { edits: [edit(3, true)] }, { temperature: 0 }]) {
      const first = await run(wanted, true);
      await run({ edits: [edit(-5, true)] });
      await run({ edits: [edit(8)] });
      expect(await run(wanted)).toEqual(first);
      expect(await run(wanted)).toEqual(first);
    }
  });

  test('an edit changes the steered text and nothing else', async () => {
    const weak = await one({ edits: [edit(0)] });
    expect(weak.steered).toEqual(weak.baseline);
    expect(weak.steps.every(({ kl }) => kl === 0)).toBe(true);
    const strong = await one({ edits: [edit(40)] });
    expect(strong.baseline).toEqual(weak.baseline);
    expect(strong.steered).not.toEqual(weak.steered);
  });

  test('an edit of what is generated leaves the first token alone', async () => {
    const { steps } = await one({ edits: [edit(40, true)], temperature: 0 });
    expect(steps[0]?.kl).toBe(0);
    expect(steps[1]?.kl).toBeGreaterThan(0);
  });

  test('several samples are the runs of the next seeds', async () => {
    const { samples } = await run({ samples: 3 });
    expect(samples).toHaveLength(3);
    for (const [n, sample] of samples.entries()) {
      const alone = await one({ seed: 9 + n });
      expect(ids(sample.baseline)).toEqual(ids(alone.baseline));
      expect(ids(sample.steered)).toEqual(ids(alone.steered));
    }
    expect(new Set(samples.map(({ baseline }) => baseline.text)).size).toBeGreaterThan(1);
  });

  test('greedy samples would be the same: there is one', async () => {
    expect((await run({ samples: 3, temperature: 0 })).samples).toHaveLength(1);
  });

  test.each([0, 1])(
    'a run that goes on is one longer run, at temperature %i',
    async (temperature) => {
      const samples = temperature === 0 ? 1 : 2;
      const long = await run({ temperature, samples, maxTokens: 14 });
      const first = await run({ temperature, samples, maxTokens: 6 });
      const second = await run({ temperature, samples, maxTokens: 8, continuing: first.samples });
      for (const [n, sample] of second.samples.entries()) {
        expect(ids(sample.baseline)).toEqual(ids(long.samples[n]?.baseline ?? sample.steered));
        expect(ids(sample.steered)).toEqual(ids(long.samples[n]?.steered ?? sample.baseline));
        expect(sample.baseline.text).toBe(long.samples[n]?.baseline.text);
        expect(sample.steps[0]?.step ?? 6).toBe(6);
      }
    },
  );

  test('what goes on are the texts that were given, however many samples are wanted', async () => {
    const first = await run({ samples: 2, maxTokens: 6 });
    const { samples } = await run({ samples: 4, maxTokens: 2, continuing: first.samples });
    const long = await run({ samples: 2, maxTokens: 8 });
    expect(samples.map(({ baseline }) => ids(baseline))).toEqual(
      long.samples.map(({ baseline }) => ids(baseline)),
    );
  });

  test('an edit that is stronger than numbers is refused, wherever it begins', async () => {
    const refused = {
      code: 'badEdit',
      message: expect.stringMatching(
        /computes no numbers any more.*choose smaller amounts/,
      ) as string,
    };
    for (const generated of [false, true]) {
      const edits = [edit(1e39, generated)];
      await expect(run({ edits })).rejects.toMatchObject(refused);
      const given = { source: bundle.source, prompt, continuation: ' w4 w5 w6', edits };
      const quiet = { signal: { aborted: false }, progress: (): void => undefined };
      await expect(engine.continuationEffect(given, quiet)).rejects.toMatchObject(refused);
      const swept = { ...params({ edits }), amounts: [0, 1e39] };
      await expect(engine.sweep(swept, quiet)).rejects.toMatchObject(refused);
    }
  });

  test('texts end where the context does, and there is nothing to go on with', async () => {
    const { context } = bundle.decoder.shape;
    const long = Array.from({ length: context - 3 }, (_, t) => `w${2 + (t % 45)}`).join(' ');
    const full = await run({ prompt: long, maxTokens: 9, temperature: 0 });
    expect(full.samples.map(({ baseline }) => baseline.tokens.length)).toEqual([2]);
    const further = { prompt: long, temperature: 0, continuing: full.samples };
    await expect(run(further)).rejects.toMatchObject({
      code: 'tooManyTokens',
      message: expect.stringMatching(/^The text to continue has \d+ tokens/) as string,
    });
  });

  test('a text ends before a stop string, and nothing of that is shown', async () => {
    const { baseline, steps } = await one();
    const stop = baseline.text.slice(5, 10);
    const stopped = await one({ stop: [stop] });
    expect(stopped.baseline.end).toBe('stop');
    expect(stopped.baseline.text).toBe(baseline.text.slice(0, baseline.text.indexOf(stop)));
    const shown = stopped.steps.map((step) => step.baseline?.text ?? '').join('');
    expect(stopped.baseline.text.startsWith(shown)).toBe(true);
    expect(steps.length).toBeGreaterThanOrEqual(stopped.steps.length);
  });

  test('steps say what both models expected', async () => {
    const steps: SteerStep[] = [];
    await engine.steer(params({ top: 4 }), {
      signal: { aborted: false },
      progress: (step) => steps.push(step),
    });
    const { baseline, steered, ranksInBaseline, ranksInSteered } = expected(steps[0]);
    expect(baseline.ids).toHaveLength(4);
    for (const [i, id] of baseline.ids.entries()) {
      const there = steered.ids.indexOf(id);
      expect(ranksInSteered[i]).toBeOneOf(there >= 0 ? [there + 1] : notAmong(4));
      if (there >= 0) expect(ranksInBaseline[there]).toBe(i + 1);
    }
    for (const step of steps.filter(({ baseline: token }) => token !== undefined)) {
      const { baseline: likely } = expected(step);
      const at = likely.ids.indexOf(step.baseline?.id ?? -1);
      if (at === -1) continue;
      // The probabilities are float32.
      const probability = Math.exp(step.baseline?.logProbability ?? NaN);
      expect(probability).toBeCloseTo(likely.probabilities[at] ?? NaN, 6);
    }
  });

  test.each([
    [{ temperature: -1 }, /temperature is -1/],
    [{ topK: 1.5 }, /topK is 1.5/],
    [{ topP: 2 }, /topP is 2/],
    [{ stop: [''] }, /stop string is empty/],
  ])('refuses %j', async (wanted, message) => {
    await expect(run(wanted)).rejects.toMatchObject({
      code: 'badArgument',
      message: expect.stringMatching(message) as string,
    });
  });

  test('multiples of the largest activation need a feature store', async () => {
    const edits = [{ ...edit(2), unit: 'max' }] as const;
    await expect(run({ edits: edits as readonly SteerEdit[] })).rejects.toMatchObject({
      code: 'noFeatureStore',
    });
  });
});

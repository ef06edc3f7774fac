// (b) What comparing costs: a whole step of the engine (baseline and steered row through the model, KL, sampling,
// text) against one batch-1 decode step of the unmodified file in onnxruntime, which feeds its own present back.
// The plain step runs while the engine awaits its turn between two steps, so both have equally long caches.
import { Engine } from '../src/engine/engine.ts';
import { openModel, type OpenModel } from '../src/engine/model/openModel.ts';
import { openSession, type OnnxTensors, type Session } from '../src/engine/onnx/runtime/session.ts';
import type { FeatureEdit } from '../src/shared/engineProtocol.ts';
import { featureIndex } from '../src/shared/units.ts';
import type { Effort } from './options.ts';
import { emptyPast, presentAsPast, tokenFeeds } from './plainDecoder.ts';
import type { BenchResult } from './result.ts';
import { compare, timed, type Pairs } from './statistics.ts';
import type { Subject } from './subjects.ts';
import { firstTokens } from './text.ts';

/** Steps per generation; the cache grows by as many. */
const stepsPerRun = 24;
const warmUpSteps = 4;

function editsOf({ sae }: Subject): readonly FeatureEdit[] {
  return [
    { sae, feature: featureIndex(7), operation: 'scale', amount: 2 },
    { sae, feature: featureIndex(101), operation: 'add', amount: 1 },
    { sae, feature: featureIndex(1003), operation: 'ablate' },
  ];
}

/** The unmodified model, one token at a time. */
class PlainDecoding {
  readonly #session: Session;
  readonly #model: OpenModel;
  #past: OnnxTensors;
  #length = 0;

  constructor(session: Session, model: OpenModel) {
    this.#session = session;
    this.#model = model;
    this.#past = emptyPast(model.sites.inputs);
  }

  async feed(ids: Uint32Array): Promise<void> {
    const { inputs } = this.#model.sites;
    const feeds = { ...tokenFeeds(inputs, ids, this.#length), ...this.#past };
    this.#past = presentAsPast(inputs, await this.#session.run(feeds));
    this.#length += ids.length;
  }
}

interface Sides {
  readonly engine: Engine;
  readonly model: OpenModel;
  readonly session: Session;
  readonly subject: Subject;
  readonly prompt: string;
}

type GrowingPairs = { readonly [Side in keyof Pairs]: number[] };

/** One generation; appends a pair per step. */
async function generate(sides: Sides, seed: number, pairs: GrowingPairs): Promise<void> {
  const { engine, model, session, subject, prompt } = sides;
  const plain = new PlainDecoding(session, model);
  await plain.feed((await model.tokenizer.encode(prompt)).ids);
  let steps = 0;
  let resumed = 0;
  /** Called between two runs of the model: `steps` are done, the last of them since `resumed`. */
  const turn = async (): Promise<void> => {
    const ours = performance.now() - resumed;
    if (steps > 0) {
      const theirs = await timed(() => plain.feed(Uint32Array.of(42)));
      if (steps > warmUpSteps) {
        pairs.monosem.push(ours);
        pairs.reference.push(theirs);
      }
    }
    resumed = performance.now();
  };
  await engine.steer(
    {
      ...{ source: subject.source, prompt, edits: editsOf(subject) },
      ...{ maxTokens: warmUpSteps + stepsPerRun, temperature: 0.8, seed },
    },
    {
      signal: { aborted: false },
      progress: () => {
        steps++;
      },
      turn,
    },
  );
}

export async function benchDecode(subject: Subject, effort: Effort): Promise<BenchResult> {
  const model = await openModel(subject.source.model);
  const prompt = await firstTokens(model.tokenizer, subject.text, subject.decodeBehind);
  const session = await openSession({ file: model.onnxFile });
  const engine = Engine.create();
  const pairs: GrowingPairs = { monosem: [], reference: [] };
  for (let run = 0; run * stepsPerRun < effort.steps; run++) {
    await generate({ engine, model, session, subject, prompt }, run, pairs);
  }
  session.dispose();
  await engine.dispose();
  return compare(
    {
      ...{ name: 'decode', model: subject.name, unit: 'ms' },
      monosem: `baseline + steered step behind ${subject.decodeBehind} tokens`,
      reference: 'plain step, batch 1',
    },
    pairs,
  );
}

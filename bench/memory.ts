// (d) What the engine keeps in memory: a process that loaded and ran the analysis, against one in which plain
// onnxruntime loaded and ran the same model file. Each side is a process of its own, measured after it has settled.
import { openModel } from '../src/engine/model/openModel.ts';
import type { DecoderInputs } from '../src/engine/onnx/decoder/interface.ts';
import type { Source } from '../src/shared/engineProtocol.ts';
import { inFreshProcess } from './freshProcess.ts';
import type { Effort } from './options.ts';
import type { BenchName, BenchResult } from './result.ts';
import { compare } from './statistics.ts';
import type { Subject } from './subjects.ts';

/** What a process is told to do. */
export type MemoryWork =
  | {
      readonly side: 'engine';
      readonly source: Source;
      readonly text: string;
      readonly withSteering: boolean;
    }
  | {
      readonly side: 'plain';
      readonly file: string;
      readonly inputs: DecoderInputs;
      readonly ids: readonly number[];
    };

/** What a process writes to its standard output. */
export interface MemoryReport {
  /** Resident after it has settled, and at its highest, in bytes. */
  readonly settled: number;
  readonly peak: number;
}

const megabyte = 1024 * 1024;

/** 200 tokens in either vocabulary. */
const text = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 'the' : 'girl')).join(' ');

function measure(work: MemoryWork): Promise<MemoryReport> {
  return inFreshProcess('memoryProcess.ts', work);
}

/** The same tokens for the plain side, which has no tokenizer. */
async function plainWork({ source }: Subject): Promise<MemoryWork> {
  const { onnxFile, sites, tokenizer } = await openModel(source.model);
  const ids = [...(await tokenizer.encode(text)).ids];
  return { side: 'plain', file: onnxFile, inputs: sites.inputs, ids };
}

export async function benchMemory(
  subject: Subject,
  effort: Effort,
  name: Extract<BenchName, 'memory' | 'memoryWithSteering'>,
): Promise<BenchResult> {
  const { source } = subject;
  const withSteering = name === 'memoryWithSteering';
  const plain = await plainWork(subject);
  const pairs = { monosem: [] as number[], reference: [] as number[] };
  for (let i = 0; i < effort.processes; i++) {
    const ours = await measure({ side: 'engine', source, text, withSteering });
    const theirs = await measure(plain);
    pairs.monosem.push(ours.settled / megabyte);
    pairs.reference.push(theirs.settled / megabyte);
  }
  const monosem = withSteering ? 'after an analysis and a steering' : 'after an analysis';
  const reference = 'plain run of the model file';
  return compare({ name, model: subject.name, unit: 'MB', monosem, reference }, pairs);
}

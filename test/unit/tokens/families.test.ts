// The end of a model on its own, fed with the stream behind the last block, gives the model's logits: one file per
// family and every exporter's dialect of two, whatever the graph keeps its numbers in.
import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/engine/model/program.ts';
import {
  residPost,
  unembeddingNames,
  unembeddingOf,
} from '../../../src/engine/onnx/unembedding.ts';
import { manifest, readReference, relativeError, type GoldenFile } from '../families/goldens.ts';
import { captured, openCapture, openGolden } from '../families/runs.ts';

const runnable = manifest.files.filter(
  ({ runError, singleToken }) => runError === undefined && !singleToken,
);
const isChosen = (golden: GoldenFile): boolean =>
  ['gpt2', 'llama'].includes(golden.family) ||
  runnable.find(({ family }) => family === golden.family) === golden;

/** In float32 only the order of sums may differ; in half precision what a fused norm keeps inside besides. */
const boundOf = ({ precision }: GoldenFile): number => (precision === 'fp32' ? 1e-5 : 5e-3);

describe.each(runnable.filter(isChosen).map((golden) => [golden.file, golden] as const))(
  '%s',
  (_, golden) => {
    test('the last layer read on its own is the model', async () => {
      const open = await openGolden(golden);
      const { ids } = await readReference(`${golden.family}/reference.safetensors`);
      const capture = await openCapture(open);
      const values = captured(await capture.run({ ids, batch: 1 }), open.sites);
      capture.dispose();
      const stream = values.get(residPost(open.sites.layers - 1)) ?? new Float32Array();
      const end = unembeddingOf(open.model, open.sites);
      if (end === undefined) throw new Error('the end does not come apart');
      const program = await Program.open(end, { threads: 1 });
      const dims = [1, ids.length, stream.length / ids.length];
      const feeds = { [unembeddingNames.stream]: { type: 'float32' as const, dims, data: stream } };
      const { outputs } = await program.run({ ids: new Uint32Array(ids.length), batch: 1, feeds });
      program.dispose();
      const logits = outputs[unembeddingNames.logits];
      if (logits?.type !== 'float32') throw new Error('no logits');
      const expected = values.get('logits') ?? [];
      expect(relativeError(logits.data, expected)).toBeLessThan(boundOf(golden));
    });
  },
);

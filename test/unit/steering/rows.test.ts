// Rows of texts that go on as other rows, on exports of one model with and without a KV cache.
import { describe, expect, test } from 'vitest';
import { neuronsOf, neuronsPerSite } from '../../../src/engine/sae/neurons.ts';
import { RowsApart, RowsTogether, type ReadyEdits } from '../../../src/engine/steering/rows.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { planOf, readyFor, saePlace } from '../../fixtures/steering.ts';
import { manifest, readReference, relativeError } from '../families/goldens.ts';
import { openGolden } from '../families/runs.ts';

async function ready(file: string): Promise<{ edits: ReadyEdits; ids: Uint32Array }> {
  const golden = manifest.files.find((each) => each.file === file);
  if (golden === undefined) throw new Error(`no file ${file}`);
  const { model: onnx, sites, file: onnxFile } = await openGolden(golden);
  const [site = ''] = neuronsPerSite({ sites }).keys();
  const sae = neuronsOf({ name: 'golden', folder: '', onnxFile, sites }, site);
  const model = { onnx, sites, execution: { provider: 'cpu', threads: 1 } };
  const edited = { model, saes: [sae] };
  const edit: SteerEdit = {
    ...{ sae: saePlace(0), feature: featureIndex(1) },
    ...{ operation: 'add', amount: 20, positions: { ranges: [{ from: 2, to: 9 }] } },
  };
  const { ids } = await readReference(`${golden.family}/reference.safetensors`);
  return { edits: await readyFor(edited, planOf(edited, [[], [edit]])), ids };
}

describe.each(['gpt2/optimum.onnx', 'gpt2/optimum-nocache.onnx'])('%s', (file) => {
  test('rows that are taken go on as they would have gone, and leave the others alone', async () => {
    const { edits, ids } = await ready(file);
    const { rows } = edits.plan;
    const [begin, end, other] = [ids.slice(0, 5), ids.slice(5, 8), ids.slice(8, 11)];
    const straight = async (row: number, behind: Uint32Array): Promise<Float32Array> => {
      const alone = new RowsTogether(edits, rows.slice(row, row + 1));
      const text = Uint32Array.from([...begin, ...behind]);
      return (await alone.feed([text]))[0] ?? new Float32Array(0);
    };
    const expected = [await straight(1, end), await straight(0, end), await straight(1, other)];
    expect(relativeError(expected[0] ?? [], expected[1] ?? [])).toBeGreaterThan(1e-3);
    for (const begun of [new RowsTogether(edits, rows), RowsApart.of(edits, rows)]) {
      await begun.feed([begin, begin]);
      const taken = await begun.take([1, 0, 1]).feed([end, end, other]);
      const own = await begun.feed([end, end]);
      for (const [b, row] of expected.entries())
        expect(relativeError(taken[b] ?? [], row)).toBeLessThan(1e-5);
      expect(relativeError(own[0] ?? [], expected[1] ?? [])).toBeLessThan(1e-5);
      expect(relativeError(own[1] ?? [], expected[0] ?? [])).toBeLessThan(1e-5);
    }
    edits.program.dispose();
  });
});

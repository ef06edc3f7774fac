// What the SAEs read on the BOS in front of a text: the one position of a window that has no row among its results,
// and which is the same in every window, since nothing precedes it.
import type { WindowRun } from './analysedWindow.ts';
import { emptyTopFeatures, rowsOf, storeOutputs, type TopFeatures } from './topFeatures.ts';

/**
 * The BOS has company where runs of a window have, because onnxruntime multiplies a single row with another kernel than
 * several: so the reading is, bit for bit, that of any window.
 * @returns a row per SAE
 */
export async function readBos(run: WindowRun, bosId: number): Promise<TopFeatures[]> {
  const ids = new Uint32Array(run.fixedBlocks ? 1 : 2).fill(bosId);
  const { outputs } = await run.program.run({ ids, batch: 1 });
  return Array.from({ length: run.saes }, (_, n) => {
    const rows = emptyTopFeatures(ids.length, run.topK);
    storeOutputs(rows, n, outputs, 0);
    return rowsOf(rows, 0, 1);
  });
}

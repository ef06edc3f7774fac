// The GroupMax activation of EleutherAI's sparsify (`fused_encoder.py`): one feature per group of neighbours.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import { emitKeepTopK } from './topK.ts';

/** z [B, T, F] → [B, T, F]; `groups` divides F. */
export function emitGroupMax(builder: GraphBuilder, z: string, groups: number): string {
  const grouped = builder.op('Reshape', [z, builder.int64s(0, 0, groups, -1)]);
  const kept = emitKeepTopK(builder, grouped, 1);
  return builder.op('Reshape', [kept, builder.op('Shape', [z])]);
}

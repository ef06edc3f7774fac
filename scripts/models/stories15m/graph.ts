// The decoder graph of a Llama-architecture checkpoint, with the input, output and node names that Hugging Face
// exports have. Matrices are stored in float16 and cast to float32 in the graph (onnxruntime folds the casts when it
// opens the file), so that all arithmetic is float32. Standard operators of opset 18 only, in the shapes that
// onnxruntime's optimiser fuses (RMSNorm, scaled MatMul, SiLU).
import type { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { attention, causalMask, rotary } from './attention.ts';
import type { AttentionInputs } from './attention.ts';
import type { LlamaBlock, LlamaCheckpoint, LlamaShape } from './checkpoint.ts';
import { declareNormConstants, elementTypes, halfMatrix, mlp, node, rmsNorm } from './modules.ts';

function decoderBlock(
  g: GraphBuilder,
  x: string,
  inputs: AttentionInputs,
  of: LlamaBlock & LlamaShape,
): string {
  const module = `/model/layers.${String(inputs.layer)}`;
  const normed = rmsNorm(g, x, `${module}/input_layernorm`, of.inputNorm);
  const attended = attention(g, normed, inputs, of);
  const middle = node(g, 'Add', [x, attended], { name: `${module}/Add` });
  const mlpInput = rmsNorm(g, middle, `${module}/post_attention_layernorm`, of.mlpNorm);
  const mlpOutput = mlp(g, mlpInput, `${module}/mlp`, of);
  return node(g, 'Add', [middle, mlpOutput], { name: `${module}/Add_1` });
}

function declareInputs(g: GraphBuilder, shape: LlamaShape): void {
  const { layers, heads, dHead } = shape;
  g.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  g.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  g.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      const dims = ['batch_size', heads, 'past_sequence_length', dHead];
      g.input(`past_key_values.${String(layer)}.${part}`, 'float32', dims);
    }
  }
}

function declareOutputs(g: GraphBuilder, shape: LlamaShape): void {
  const { layers, heads, dHead, vocabulary } = shape;
  g.output('logits', 'logits', 'float32', ['batch_size', 'sequence_length', vocabulary]);
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      const dims = ['batch_size', heads, 'total_sequence_length', dHead];
      const name = `present.${String(layer)}.${part}`;
      g.output(name, name, 'float32', dims);
    }
  }
}

/** Emits the whole decoder. */
export function emitDecoder(g: GraphBuilder, checkpoint: LlamaCheckpoint): void {
  const { shape, embedding, blocks, finalNorm } = checkpoint;
  declareInputs(g, shape);
  declareNormConstants(g);
  const table = halfMatrix(g, 'model.embed_tokens.weight', embedding, [shape.vocabulary, shape.dModel]);
  const gathered = node(g, 'Gather', [table, 'input_ids'], { name: '/model/embed_tokens/Gather' });
  const widened = { attributes: { to: elementTypes.float32 } };
  let stream = node(g, 'Cast', [gathered], { name: '/model/embed_tokens/Cast', ...widened });
  const shared = { ...rotary(g, shape.dHead), mask: causalMask(g) };
  blocks.forEach((block, layer) => {
    stream = decoderBlock(g, stream, { ...shared, layer }, { ...block, ...shape });
  });
  const normed = rmsNorm(g, stream, '/model/norm', finalNorm);
  // The unembedding is the embedding: one copy in the file.
  const wide = node(g, 'Cast', [table], { name: '/lm_head/Cast', ...widened });
  const unembedding = node(g, 'Transpose', [wide], {
    name: '/lm_head/Transpose',
    attributes: { perm: [1, 0] },
  });
  node(g, 'MatMul', [normed, unembedding], { name: '/lm_head/MatMul', outputs: ['logits'] });
  declareOutputs(g, shape);
}

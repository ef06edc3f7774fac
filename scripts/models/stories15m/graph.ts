// The decoder graph of a Llama-architecture checkpoint, with the input, output and node names that Hugging Face
// exports have. Matrices are stored in float16 and cast to float32 in the graph (onnxruntime folds the casts when it
// opens the file), so that all arithmetic is float32. Standard operators of opset 18 only, in the shapes that
// onnxruntime's optimiser fuses (RMSNorm, scaled MatMul, SiLU).
import { attention, causalMask, rotary } from './attention.ts';
import type { AttentionInputs } from './attention.ts';
import type { LlamaBlock, LlamaCheckpoint, LlamaShape } from './checkpoint.ts';
import type { Emitter } from './emitter.ts';
import { elementTypes, linear, normEpsilon, rmsNorm } from './modules.ts';

/** SwiGLU: (SiLU(x · W_gate) ⊙ (x · W_up)) · W_down. */
function mlp(g: Emitter, x: string, module: string, of: LlamaBlock & LlamaShape): string {
  const { dModel, dMlp } = of;
  const gate = linear(g, x, `${module}/gate_proj`, { values: of.gate, from: dModel, to: dMlp });
  const up = linear(g, x, `${module}/up_proj`, { values: of.up, from: dModel, to: dMlp });
  const sigmoid = g.op('Sigmoid', [gate], { name: `${module}/act_fn/Sigmoid` });
  const active = g.op('Mul', [gate, sigmoid], { name: `${module}/act_fn/Mul` });
  const product = g.op('Mul', [active, up], { name: `${module}/Mul` });
  return linear(g, product, `${module}/down_proj`, { values: of.down, from: dMlp, to: dModel });
}

function decoderBlock(
  g: Emitter,
  x: string,
  inputs: AttentionInputs,
  of: LlamaBlock & LlamaShape,
): string {
  const module = `/model/layers.${String(inputs.layer)}`;
  const normed = rmsNorm(g, x, `${module}/input_layernorm`, of.inputNorm);
  const attended = attention(g, normed, inputs, of);
  const middle = g.op('Add', [x, attended], { name: `${module}/Add` });
  const mlpInput = rmsNorm(g, middle, `${module}/post_attention_layernorm`, of.mlpNorm);
  const mlpOutput = mlp(g, mlpInput, `${module}/mlp`, of);
  return g.op('Add', [middle, mlpOutput], { name: `${module}/Add_1` });
}

function declareInputs(g: Emitter, shape: LlamaShape): void {
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

function declareOutputs(g: Emitter, shape: LlamaShape): void {
  const { layers, heads, dHead, vocabulary } = shape;
  g.output('logits', 'float32', ['batch_size', 'sequence_length', vocabulary]);
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      const dims = ['batch_size', heads, 'total_sequence_length', dHead];
      g.output(`present.${String(layer)}.${part}`, 'float32', dims);
    }
  }
}

/** Emits the whole decoder. */
export function emitDecoder(g: Emitter, checkpoint: LlamaCheckpoint): void {
  const { shape, embedding, blocks, finalNorm } = checkpoint;
  declareInputs(g, shape);
  g.float32('two', new Float32Array([2]), []);
  g.float32('norm_epsilon', new Float32Array([normEpsilon]), []);
  g.int64('last_axis', [-1]);
  const table = g.float16('model.embed_tokens.weight', embedding, [shape.vocabulary, shape.dModel]);
  const gathered = g.op('Gather', [table, 'input_ids'], { name: '/model/embed_tokens/Gather' });
  const widened = { attributes: { to: elementTypes.float32 } };
  let stream = g.op('Cast', [gathered], { name: '/model/embed_tokens/Cast', ...widened });
  const shared = { ...rotary(g, shape.dHead), mask: causalMask(g) };
  blocks.forEach((block, layer) => {
    stream = decoderBlock(g, stream, { ...shared, layer }, { ...block, ...shape });
  });
  const normed = rmsNorm(g, stream, '/model/norm', finalNorm);
  // The unembedding is the embedding: one copy in the file.
  const wide = g.op('Cast', [table], { name: '/lm_head/Cast', ...widened });
  const unembedding = g.op('Transpose', [wide], {
    name: '/lm_head/Transpose',
    attributes: { perm: [1, 0] },
  });
  g.op('MatMul', [normed, unembedding], { name: '/lm_head/MatMul', outputs: ['logits'] });
  declareOutputs(g, shape);
}

// The end of a decoder on its own: from the residual stream behind the last block to the logits, final norm included.
// It is how a model reads its stream, and so how a logit lens reads the stream of every layer. Weights stay where they
// are.
import { sizesOnly } from './sites/aliases.ts';
import type { Graph } from './graph/graph.ts';
import { Overlay } from './overlay.ts';
import type { OnnxModel } from './proto/model.ts';
import type { Sites } from './sites/sites.ts';

export const unembeddingNames = {
  /** Input [B, T, D] float32. */
  stream: 'monosem.stream',
  /** [B, T, V] float32 */
  logits: 'monosem.logits',
} as const;

/** The place behind block `layer`. */
export function residPost(layer: number): string {
  return `blocks.${layer}.hook_resid_post`;
}

/**
 * The part of the graph behind the last block, with the stream as an input; token ids [B, T] are fed beside it, for
 * their number alone.
 * @returns nothing where the logits are made from something else besides
 * @throws MonosemError `unsupportedModel` for a model without logits
 */
export function unembeddingOf(model: OnnxModel, sites: Sites): Overlay | undefined {
  const overlay = new Overlay(model, sites);
  const { builder } = overlay;
  const stream = builder.input(unembeddingNames.stream, 'float32', ['batch', 'tokens', 'width']);
  overlay.startFrom(residPost(sites.layers - 1), stream);
  builder.output(unembeddingNames.logits, overlay.readLogits());
  const allowed = new Set([stream, sites.inputs.logitsToKeep?.name]);
  const read = inputsRead(builder.graph, unembeddingNames.logits);
  return read.has(stream) && [...read].every((name) => allowed.has(name)) ? overlay : undefined;
}

/** Inputs whose content, not only size, a value depends on. */
function inputsRead(graph: Graph, value: string): Set<string> {
  const read = new Set<string>();
  const seen = new Set([value]);
  for (const name of seen) {
    const node = graph.producer(name);
    if (node === undefined) {
      if (graph.inputs.has(name) && !graph.initializers.has(name)) read.add(name);
    } else if (!sizesOnly.has(node.type)) {
      for (const input of [...node.inputs, ...node.outerReads]) seen.add(input);
    }
  }
  return read;
}

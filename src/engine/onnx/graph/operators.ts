// Kinds of operators that several searches through a graph tell apart.

/** Mixes tokens: attention in one operator, or the softmax of one written out. */
export function isAttention(type: string): boolean {
  return /Attention|^Softmax$/.test(type);
}

// What a session is fed with, from tensors as everything else has them.
import type { Tensor } from '../../../shared/tensor.ts';
import type { OnnxTensor } from './session.ts';

export function floatFeed({ dims, data }: Tensor): OnnxTensor<'float32'> {
  return { type: 'float32', dims, data };
}

// Directions of one's own in safetensors files.
import { MonosemError } from '../../../shared/errors.ts';
import { readSafetensors } from '../../files/safetensors.ts';
import { readTensor } from '../../files/tensorData.ts';

/** What a tensor is called that is taken without its name. */
export const directionTensor = 'direction';

/**
 * A direction [D], from a tensor [D] or [1, D].
 * @param name of the tensor; without it the only one of the file is taken, or the one called `direction`
 * @throws MonosemError `badArgument` where no such tensor is there or it is no direction, and what reading files can throw
 */
export async function loadDirection(file: string, name?: string): Promise<Float32Array> {
  const { tensors } = await readSafetensors(file);
  const only = tensors.size === 1 ? [...tensors.keys()][0] : undefined;
  const taken = name ?? only ?? directionTensor;
  const stored = tensors.get(taken);
  if (stored === undefined) {
    throw new MonosemError(
      'badArgument',
      `${file} has no tensor "${taken}" but ${[...tensors.keys()].join(', ')}; name one of them, or keep the direction in a file of its own.`,
    );
  }
  const { dims } = stored;
  if (dims.length === 1 || (dims.length === 2 && dims[0] === 1))
    return (await readTensor(stored)).data;
  throw new MonosemError(
    'badArgument',
    `The tensor "${taken}" in ${file} has the shape [${dims.join(', ')}], and a direction has one, [D]; choose another tensor.`,
  );
}

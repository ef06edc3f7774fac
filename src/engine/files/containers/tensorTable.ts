// What every container of tensors reads as: named tensors that stay where they lie in the file.
import { MonosemError } from '../../../shared/errors.ts';
import type { StoredTensor } from '../storedTensor.ts';

/** A tensor in its file, and whether its last two axes lie there the other way round. */
export interface StoredView {
  /** Its dims are those of the bytes in the file, row-major. */
  readonly stored: StoredTensor;
  /** The tensor meant is the transpose of the stored matrix. */
  readonly isTransposed: boolean;
}

export interface TensorTable {
  /** Absolute path of the file or of the index the tensors came from. */
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredView>;
  /** Tensors that cannot be used, name → why, as the end of `tensor W_enc …`. */
  readonly unusable: ReadonlyMap<string, string>;
}

/** A container whose bytes contradict its format. */
export function damagedContainer(what: string, file: string, problem: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `${what} ${file} is damaged: ${problem}; download or export it again.`,
  );
}

/** A container that follows its format but asks for what is not read. */
export function refusedContainer(what: string, file: string, problem: string): MonosemError {
  return new MonosemError(
    'unsupportedSae',
    `${what} ${file} is refused: ${problem}; convert the weights to safetensors.`,
  );
}

// What the results of a program depend on, as one hash: the graph with every constant in it, the state of every weight
// file it refers to, and what computes it. Weight files count by path, size and times of their last changes; their
// content is not read.
import { createHash } from 'node:crypto';
import os from 'node:os';
import process from 'node:process';
import { fileIdentity } from '../files/files.ts';
import type { PackedModel } from '../onnx/externalData/externalData.ts';
import { runtimeVersion, type SessionOptions } from '../onnx/runtime/session.ts';

export async function programIdentity(
  { bytes, files }: PackedModel,
  execution: SessionOptions,
): Promise<string> {
  const hash = createHash('sha256').update(bytes);
  for (const file of [...files].sort()) hash.update(await fileIdentity(file, 'A weight file'));
  const machine = [process.platform, process.arch, os.cpus()[0]?.model, os.cpus().length];
  hash.update(JSON.stringify([runtimeVersion(), execution, machine]));
  return hash.digest('hex');
}

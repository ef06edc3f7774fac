// What the engine runs on: operating system, processor, memory, and the versions of what does the computing.
import os from 'node:os';
import process from 'node:process';
import type { Diagnostics } from '../../../shared/diagnostics.ts';
import { version } from '../../../shared/version.ts';
import { listExecutionProviders, runtimeVersion } from '../../onnx/runtime/session.ts';

const gibibyte = 2 ** 30;

export function machineFacts(): Pick<Diagnostics, 'platform' | 'versions' | 'providers'> {
  const processors = os.cpus();
  const inGiB = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`;
  return {
    platform: [
      { name: 'system', value: `${os.type()} ${os.release()}` },
      { name: 'architecture', value: process.arch },
      { name: 'processor', value: processors[0]?.model.trim() ?? 'unknown' },
      { name: 'processor threads', value: String(processors.length) },
      { name: 'memory', value: `${inGiB(os.totalmem())}, ${inGiB(os.freemem())} free` },
    ],
    versions: [
      { name: 'Monosem', version },
      { name: 'onnxruntime', version: runtimeVersion() },
      { name: 'Node', version: process.versions.node },
    ],
    providers: listExecutionProviders(),
  };
}

/** Execution providers that this platform's onnxruntime comes with. */
export function bundledProviders(): string[] {
  return listExecutionProviders()
    .filter(({ isBundled }) => isBundled)
    .map(({ name }) => name);
}

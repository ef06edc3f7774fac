// Execution providers by the names people know them under. Without VS Code.

const names: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU'],
  ['cuda', 'CUDA'],
  ['dml', 'DirectML'],
  ['webgpu', 'WebGPU'],
  ['coreml', 'CoreML'],
  ['tensorrt', 'TensorRT'],
]);

/** A provider that is not known keeps the name the runtime gives it. */
export function providerName(provider: string): string {
  return names.get(provider) ?? provider;
}

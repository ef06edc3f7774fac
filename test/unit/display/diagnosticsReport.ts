// A report on a model that opened, for the tests of diagnostics.
import type { DiagnosticsReport } from '../../../src/host/display/diagnosticsText.ts';
import type { Diagnostics, ModelDiagnostics } from '../../../src/shared/diagnostics.ts';

export const longFolder = `/home/somebody/models/${'a-folder-of-models/'.repeat(12)}SmolLM2-135M-Instruct`;

export const model: ModelDiagnostics = {
  name: 'SmolLM2-135M-Instruct',
  folder: longFolder,
  variant: 'onnx/model_fp16.onnx',
  variants: ['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q4.onnx'],
  variantReason: 'It was asked for.',
  architecture: 'llama',
  layers: 30,
  dModel: 576,
  blocks: 'sequential',
  sites: 213,
  kvCache: true,
  dynamicallyQuantized: false,
  weights: [
    { type: 'float16', bytes: 269_060_352 },
    { type: 'int64', bytes: 1_024 },
  ],
  producer: 'pytorch 2.5.1',
  opsets: [
    { domain: 'ai.onnx', version: 18 },
    { domain: 'com.microsoft', version: 1 },
  ],
  execution: {
    provider: 'webgpu',
    deviceId: 1,
    reason: 'It gave the results of the processor to 1e-3.',
    attempts: [
      { provider: 'cuda', outcome: 'missing', reason: 'libcudart.so.12 was not found.' },
      {
        provider: 'webgpu',
        outcome: 'chosen',
        reason: 'A known graph and the first block gave what the processor gives.',
        milliseconds: 1234.5,
      },
    ],
  },
  selfTest: {
    isEqual: true,
    maxDifference: 0,
    tokens: 8,
    summary: 'The logits of 8 tokens are equal bit for bit with and without instruments.',
  },
  timings: [
    { step: 'read graph', milliseconds: 41.23 },
    { step: 'open session', milliseconds: 812 },
  ],
};
export const diagnostics: Diagnostics = {
  platform: [
    { name: 'system', value: 'Linux 6.1 x64' },
    { name: 'memory', value: '16 GB' },
  ],
  versions: [{ name: 'onnxruntime-node', version: '1.30.0' }],
  providers: [
    { name: 'cpu', isBundled: true },
    { name: 'webgpu', isBundled: true },
    { name: 'cuda', isBundled: false },
  ],
  model,
};
export const report: DiagnosticsReport = {
  at: new Date('2026-11-22T19:00:00Z'),
  program: [['VS Code', '1.139.1 (code-server)']],
  settings: [
    { key: 'monosem.executionProvider', value: 'webgpu', isDefault: false },
    { key: 'monosem.modelVariant', value: '', isDefault: true },
  ],
  engine: { state: 'running', processId: 4711, crashes: [] },
  activeFile: 'ready',
  choice: { model: longFolder },
  saes: [
    { sae: '/saes/a', isPainted: false, failure: 'The SAE reads width 768, the model has 576.' },
  ],
  diagnostics,
};

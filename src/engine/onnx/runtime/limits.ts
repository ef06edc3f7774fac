// What the onnxruntime this project ships with can read, so that a model from the future is refused with its version
// and not with whatever goes wrong first. A test holds these numbers against the runtime itself.

/** Newest IR version (`ModelProto.ir_version`) that is read. */
export const newestIrVersion = 13;

/** Newest version of the standard operators that is read. */
export const newestOpset = 26;

/** Domains whose operators onnxruntime knows; every other operator needs a library of its own. */
export const knownDomains: ReadonlySet<string> = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.microsoft.dml',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
]);

/** Every accelerator a user can ask for. */
export const acceleratorNames = ['cuda', 'dml', 'webgpu', 'coreml'] as const;

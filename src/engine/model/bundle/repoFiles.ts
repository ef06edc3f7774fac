// Which files of a repository make a model folder, told from names alone: before a download nothing else is known.
// Which of the .onnx files is taken is the business of variants.ts.

/** What a model folder is read from, beside its .onnx. */
const modelFiles: ReadonlySet<string> = new Set([
  'config.json',
  'genai_config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
]);

/** Whether a model folder is read from this file, which is no .onnx. */
export function isModelFile(name: string): boolean {
  return modelFiles.has(name);
}

/** External data that is named after its .onnx: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`, `model.data`. */
export function isDataOf(name: string, variant: string): boolean {
  return (
    name.startsWith(`${variant}_data`) ||
    name.startsWith(`${variant}.data`) ||
    name === `${variant.slice(0, -'.onnx'.length)}.data`
  );
}

/** Files without which no model opens and that are not among `names`. */
export function missingOf(names: readonly string[]): readonly string[] {
  return ['config.json', 'tokenizer.json'].filter((name) => !names.includes(name));
}

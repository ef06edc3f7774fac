// A model folder as the hub has it: config.json, tokenizer.json, one or more .onnx files, perhaps a chat template.
// Reads the small files and says which .onnx is meant; it opens no session.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { exists, isFolder } from '../../files/files.ts';
import { ChatTemplate } from '../../tokenizer/chatTemplate.ts';
import { TextTokenizer } from '../../tokenizer/tokenizer.ts';
import { readModelConfig, type ModelConfig } from './config.ts';
import { chooseVariant } from './variants.ts';

export interface Bundle {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly onnxFile: string;
  /** `onnxFile` relative to the folder, with `/`. */
  readonly variant: string;
  readonly config: ModelConfig;
  readonly tokenizer: TextTokenizer;
  /** Absent for a model that was not made to chat. */
  readonly chatTemplate: ChatTemplate | undefined;
}

/** The folder an .onnx file belongs to: where its configuration is, beside it or one level up. */
export async function bundleFolderOf(onnxFile: string): Promise<string | undefined> {
  const beside = path.dirname(onnxFile);
  for (const folder of [beside, path.dirname(beside)]) {
    for (const name of ['config.json', 'genai_config.json']) {
      if (await exists(path.join(folder, name))) return folder;
    }
  }
  return undefined;
}

/** The .onnx meant by a path: itself, or the chosen one of a model folder. @param place absolute */
export async function onnxFileOf(place: string, variant?: string): Promise<string> {
  return (await isFolder(place)) ? path.join(place, await chooseVariant(place, variant)) : place;
}

/**
 * Opens a model folder.
 * @param variant which .onnx of the folder; by default the one `listVariants` names first
 * @throws MonosemError naming the file that is missing or damaged
 */
export async function openBundle(folder: string, variant?: string): Promise<Bundle> {
  const absolute = path.resolve(folder);
  if (!(await exists(absolute))) {
    throw new MonosemError(
      'fileMissing',
      `The model folder ${absolute} does not exist; choose a folder with config.json, tokenizer.json and onnx/model.onnx.`,
    );
  }
  // First, because a model of another kind should be called that, and not a model without a tokenizer.
  const config = await readModelConfig(absolute);
  const [chosen, tokenizer, chatTemplate] = await Promise.all([
    chooseVariant(absolute, variant),
    TextTokenizer.load(absolute),
    ChatTemplate.load(absolute),
  ]);
  return {
    name: path.basename(absolute),
    folder: absolute,
    onnxFile: path.join(absolute, chosen),
    variant: chosen,
    config,
    tokenizer,
    chatTemplate,
  };
}

// Entries that stand for models and SAEs. Without VS Code.
import type { TreeEntry } from './treeEntry.ts';

/** An entry with the files it stands for: the commands of its menu find out which ones. */
export interface FileEntry extends TreeEntry {
  /** Folder of a model; folder or file of an SAE. */
  readonly folder?: string;
  /** Which .onnx of a model. */
  readonly variant?: string;
  /** Name of the download. */
  readonly download?: string;
  /** How calls name the SAE. */
  readonly sae?: string;
}

export interface FileNode {
  readonly entry: FileEntry;
  readonly below: readonly FileNode[];
}

// Which files of a repository are an SAE, told from names alone: collections on the hub hold hundreds, and only one is
// to be downloaded. Whether the files are sound is for whoever loads them to find out.
import path from 'node:path';

/** Weights that make the folder they are in an SAE. */
const weightNames: ReadonlySet<string> = new Set([
  'params.npz',
  'params.safetensors',
  'sae_weights.safetensors',
  'sae_weights.safetensors.index.json',
  'sae.safetensors',
  'sae.safetensors.index.json',
  'ae.pt',
]);

/** Llama Scope keeps the weights one level below the configuration. */
const nestedWeights = 'checkpoints/final.safetensors';

/**
 * The SAEs of a repository: folders, '' for the repository itself, and single PyTorch files.
 * @param files paths inside the repository, with `/`
 * @returns sorted
 */
export function saesAmong(files: readonly string[]): readonly string[] {
  const places = new Set<string>();
  const single: string[] = [];
  for (const file of files) {
    const name = path.posix.basename(file);
    if (weightNames.has(name)) places.add(folderOf(file));
    else if (file === nestedWeights || file.endsWith(`/${nestedWeights}`)) {
      places.add(folderOf(folderOf(file)));
    } else if (/\.pth?$/.test(name)) single.push(file);
  }
  for (const file of single) {
    // Beside an SAE's weights and below them lie its training state and earlier checkpoints.
    const belongs = [...places].some((place) => place !== '' && file.startsWith(`${place}/`));
    if (!belongs) places.add(file);
  }
  return [...places].sort();
}

/** Configurations, weights in shards, and densities of one SAE; not its training state. */
export function isFileOfSae(file: string, sae: string): boolean {
  // A folder may be called as a PyTorch file, too.
  if (file === sae) return true;
  if (/\.pth?$/.test(sae) && file === `${sae.replace(/\.pth?$/, '')}_cfg.json`) return true;
  const inside = sae === '' ? file : file.startsWith(`${sae}/`) ? file.slice(sae.length + 1) : '';
  if (inside === nestedWeights) return true;
  if (inside === '' || inside.includes('/')) return false;
  return weightNames.has(inside) || /\.json$|\.safetensors$/.test(inside);
}

function folderOf(file: string): string {
  const folder = path.posix.dirname(file);
  return folder === '.' ? '' : folder;
}

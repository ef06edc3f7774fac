// Where an SAE reads a model, told from the names its publishers gave repository, folders and files. A hint for lists
// in which people choose: what counts is in the files, and is read by whoever loads them.

export interface NamedPlace {
  readonly layer?: number;
  /** TransformerLens name of the site. */
  readonly site?: string;
}

/** How the layer is written, most telling first: group 1 is its number. */
const layerForms: readonly RegExp[] = [
  // SAELens, dictionary_learning, Gemma Scope, sparsify, Qwen Scope: blocks.7, layer_12, layers.29, layer14.
  /(?:^|[^a-z])(?:blocks?|layers?)[._-]?(\d+)/i,
  // Llama Scope: Llama3_1-8B-Base-L16R-8x.
  /-L(\d+)(?:R|M|A|TC)-\d+x/,
  // res-sm, att-sm, mlp-sm of ctigges, and the folders of others: 3-res-sm.
  /(?:^|\/)(\d+)-(?:res|att|mlp)\b/,
  // DeepSeek-R1 and Goodfire: …-SAE-l19.pt.
  /-l(\d+)\.pth?$/,
  // OpenAI: resid_post_mlp_v5_32k/autoencoders/8.pt.
  /(?:^|\/)(\d+)\.pth?$/,
];

/** What the place is called, most telling first, and the hook of the block it is. */
const hookForms: readonly (readonly [form: RegExp, hook: string])[] = [
  // Gemma Scope 2 calls what goes into o_proj so.
  [/(^|\/)attn_out[^/]*\/layer_\d+_width/, 'attn.hook_z'],
  [/resid_delta_attn|attn[_-]?out|\.(self_attn|attn|attention)$/, 'hook_attn_out'],
  [/resid_delta_mlp|mlp[_-]?out/, 'hook_mlp_out'],
  [/resid[_-]?mid|resid_post_attn/, 'hook_resid_mid'],
  [/mlp_post_act/, 'mlp.hook_post'],
  [/hook_z|(^|[/_-])(att|attn)([/_-]|$)/, 'attn.hook_z'],
  [/resid[_-]?pre/, 'hook_resid_pre'],
  [/resid[_-]?post|(^|[/_-])res(id)?([/_-]|$)/, 'hook_resid_post'],
  [/-l\d+r-\d+x/, 'hook_resid_post'],
  [/-l\d+m-\d+x|\.mlp$|(^|[/_-])mlp([/_-]|$)/, 'hook_mlp_out'],
  [/-l\d+a-\d+x/, 'hook_attn_out'],
  [/(^|\/)layers\.\d+$/, 'hook_resid_post'],
];

/** SAEs whose input is another place than their output; no name tells which one. */
const transcoders = /transcoder|-l\d+tc-|skip/;

/**
 * @param repo `owner/name`, which counts where the path does not tell the place
 * @param path of the SAE in it, with `/`
 */
export function placeInName(repo: string, path: string): NamedPlace {
  const exact = /(?:^|[/_-])(blocks\.(\d+)\.[a-z0-9_.]*hook_[a-z]+(?:_[a-z]+)*)/.exec(path);
  if (exact !== null) return { layer: Number(exact[2]), site: exact[1] ?? '' };
  const digits = layerForms
    .map((form) => form.exec(path)?.[1])
    .find((found) => found !== undefined);
  if (digits === undefined) return {};
  const layer = Number(digits);
  const name = repo.slice(repo.indexOf('/') + 1).toLowerCase();
  const hook = hookIn(path.toLowerCase()) ?? hookIn(name);
  const isTranscoder = transcoders.test(`${name}/${path.toLowerCase()}`);
  return hook === undefined || isTranscoder
    ? { layer }
    : { layer, site: `blocks.${layer}.${hook}` };
}

function hookIn(name: string): string | undefined {
  return hookForms.find(([form]) => form.test(name))?.[1];
}

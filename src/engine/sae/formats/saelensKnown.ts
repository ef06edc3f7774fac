// What published SAEs in the format of SAELens need and their own files do not say. SAELens keeps it in its registry
// (`sae_lens/pretrained_saes.yaml`, version 6.54), under the name of a release; here it is told from cfg.json.
type Json = Readonly<Record<string, unknown>>;

/** Places that centred writing weights leave without mean: the residual stream and what is written to it. */
const writtenPlaces = /hook_(embed|resid_pre|resid_mid|resid_post|attn_out|mlp_out)$/;

/**
 * Was the SAE trained on activations of TransformerLens without their mean over the entries of a token? So says
 * `center_writing_weights`. It was how TransformerLens loaded models when SAELens still wrote `hook_point` and not how
 * it loaded them; of those, the releases gpt2-small-res-jb, gpt2-small-res-jb-feature-splitting and gpt2-small-mlp-tm
 * are in use.
 */
export function isCentred(cfg: Json, site: string): boolean {
  if (!writtenPlaces.test(site)) return false;
  const kwargs = cfg['model_from_pretrained_kwargs'];
  if (typeof kwargs === 'object' && kwargs !== null && 'center_writing_weights' in kwargs) {
    return kwargs.center_writing_weights === true;
  }
  const isGpt2 = cfg['model_name'] === 'gpt2' || cfg['model_name'] === 'gpt2-small';
  return isGpt2 && cfg['hook_point'] !== undefined;
}

/** Factors of gpt2-small-mlp-tm, by layer. */
const gpt2MlpFactors = [
  1.049317316132615, 2.3693984005104283, 1.6411934982190302, 1.8958522157897557, 1.81673478700627,
  1.550234472245924, 1.3237742807210804, 1.1042905114723296, 0.9123762783479742, 0.6955335635232373,
  0.3619728926727644, 0.2851548652550073,
];

/** By model, site and number of features. */
const knownFactors = new Map<string, number>([
  ...gpt2MlpFactors.map(
    (factor, layer) => [`gpt2 blocks.${layer}.hook_mlp_out 24576`, factor] as const,
  ),
  // gemma-2b-res-jb
  ['gemma-2b blocks.12.hook_resid_post 16384', 0.21381938399317255],
]);

/** What input is multiplied by under `expected_average_only_in`, for releases whose files lack it. */
export function knownInputFactor(
  modelName: string | undefined,
  site: string,
  features: number,
): number | undefined {
  const model = modelName === 'gpt2-small' ? 'gpt2' : modelName;
  return knownFactors.get(`${model ?? ''} ${site} ${features}`);
}

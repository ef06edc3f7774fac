// What config.json says when it belongs to no decoder: an encoder, half of a translator, eyes or ears. Told from the
// configuration so that it is said before a tokenizer or a weight file of such a model is found missing.
import { MonosemError } from '../../../shared/errors.ts';

/** Families (`model_type`) in which every token sees all others, unless `is_decoder` says otherwise. */
const encoders: ReadonlySet<string> = new Set(
  // prettier-ignore
  [
    'albert', 'bert', 'big_bird', 'camembert', 'canine', 'convbert', 'data2vec-text', 'deberta',
    'deberta-v2', 'distilbert', 'electra', 'ernie', 'esm', 'eurobert', 'flaubert', 'funnel', 'gte',
    'ibert', 'layoutlm', 'layoutlmv3', 'longformer', 'luke', 'megatron-bert', 'mobilebert',
    'modernbert', 'mpnet', 'mra', 'nezha', 'nomic_bert', 'nystromformer', 'rembert', 'roberta',
    'roberta-prelayernorm', 'roc_bert', 'roformer', 'splinter', 'squeezebert', 'xlm-roberta',
    'xlm-roberta-xl', 'xmod', 'yoso',
  ],
);

/** Facts only models for pictures or sound have; those that also read text keep them apart, beside `text_config`. */
const senses: readonly (readonly [kind: string, keys: readonly string[]])[] = [
  ['a vision model', ['image_size', 'num_channels', 'patch_size']],
  ['an audio model', ['conv_dim', 'num_mel_bins', 'sampling_rate', 'audio_channels']],
];

/** @throws MonosemError `notADecoder` when the configuration in `file` is that of another kind of model */
export function refuseOtherKinds(file: string, json: Readonly<Record<string, unknown>>): void {
  const kind = kindOf(json);
  if (kind === undefined) return;
  const type = typeof json['model_type'] === 'string' ? json['model_type'] : 'unknown';
  throw new MonosemError(
    'notADecoder',
    `${file} describes ${kind} (${type}); Monosem looks into decoders that continue a text, choose one of those.`,
  );
}

function kindOf(json: Readonly<Record<string, unknown>>): string | undefined {
  if (json['is_encoder_decoder'] === true) return 'an encoder-decoder model';
  const type = json['model_type'];
  if (typeof type === 'string' && encoders.has(type) && json['is_decoder'] !== true) {
    return 'an encoder';
  }
  // A family of decoders that also sees has a context or a vocabulary of its own beside these.
  if ('text_config' in json || 'max_position_embeddings' in json) return undefined;
  return senses.find(([, keys]) => keys.some((key) => key in json))?.[0];
}

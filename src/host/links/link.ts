// Links to Monosem, `vscode://monosem.monosem/feature?feature=57&sae=blocks.2.hook_resid_post`: written for people to share,
// read from anywhere. Nothing a link says is believed, nothing in it is a path or is opened; it names things by the names
// they have here, and whether there are such things is for others to say. Without VS Code.
import type { View } from '../view/view.ts';
import { readView, viewKinds } from '../view/view.ts';
import { readOffset } from '../commands/place.ts';
import { readFeature } from '../views/viewMessages.ts';
import type { FeatureIndex } from '../../shared/units.ts';

/** A feature by the names of its SAE and of the model, which mean something on other machines as well. */
export interface NamedFeature {
  readonly feature: FeatureIndex;
  /** Left out: the painted one. */
  readonly sae?: string;
  readonly model?: string;
}

export type Link =
  | ({ readonly kind: 'feature' } & NamedFeature)
  | ({ readonly kind: 'occurrences' } & NamedFeature)
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'token'; readonly offset: number };

/** Longer ones are nobody's. */
const longestLink = 4096;
const longestName = 1024;

/** What people append to a link in the browser, a version, a campaign, is none of ours. */
const keys = ['feature', 'sae', 'model', 'kind', 'block', 'offset'] as const;
type Key = (typeof keys)[number];
type Values = Readonly<Partial<Record<Key, string>>>;

/**
 * @param path of the link, with a slash at the beginning
 * @param query as VS Code gives it: decoded once
 * @returns `undefined` for what is no link of ours
 */
export function readLink({
  path,
  query,
}: {
  readonly path: string;
  readonly query: string;
}): Link | undefined {
  if (path.length + query.length > longestLink) return undefined;
  const values = readQuery(query);
  if (values === undefined) return undefined;
  switch (path) {
    case '/feature':
      return withKind('feature', readNamed(values));
    case '/view':
      return readViewLink(values);
    case '/token': {
      const offset = readOffset(readNumber(values.offset));
      return offset === undefined ? undefined : { kind: 'token', offset };
    }
    default:
      return undefined;
  }
}

/** The path and query of a link to a feature, encoded as `readLink` gets them back. */
export function featureLink({ feature, sae, model }: NamedFeature): string {
  const parts = [`feature=${feature}`];
  if (sae !== undefined) parts.push(`sae=${encoded(sae)}`);
  if (model !== undefined) parts.push(`model=${encoded(model)}`);
  return `/feature?${parts.join('&')}`;
}

/**
 * Twice, because VS Code decodes the whole query before anybody can take it apart: an `&` in a name would end it. The
 * names that SAEs have look the same either way.
 */
function encoded(name: string): string {
  // Half a character cannot be encoded.
  return encodeURIComponent(encodeURIComponent(name.replaceAll(/\p{Cs}/gu, '�')));
}

function readViewLink(values: Values): Link | undefined {
  const kind = viewKinds.find((known) => known === values.kind);
  if (kind === undefined) return undefined;
  if (kind === 'feature') return withKind('occurrences', readNamed(values));
  const view = readView({ kind, block: readNumber(values.block) });
  return view && { kind: 'view', view };
}

function withKind(
  kind: 'feature' | 'occurrences',
  named: NamedFeature | undefined,
): Link | undefined {
  return named && { kind, ...named };
}

function readNamed({ feature, sae, model }: Values): NamedFeature | undefined {
  const index = readFeature(readNumber(feature));
  if (index === undefined || !isName(sae) || !isName(model)) return undefined;
  return {
    feature: index,
    ...(sae !== undefined && { sae }),
    ...(model !== undefined && { model }),
  };
}

function isName(name: string | undefined): boolean {
  return name === undefined || (name !== '' && name.length <= longestName);
}

/** Digits alone, as people write whole numbers. */
function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** @returns `undefined` where a key says two things */
function readQuery(query: string): Values | undefined {
  const values: Partial<Record<Key, string>> = {};
  for (const part of query.split('&')) {
    const [name = '', ...rest] = part.split('=');
    const key = keys.find((known) => known === name);
    if (key === undefined) continue;
    if (values[key] !== undefined) return undefined;
    values[key] = decoded(rest.join('='));
  }
  return values;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that stands for itself.
    return text;
  }
}

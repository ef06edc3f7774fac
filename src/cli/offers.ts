// What `monosem add … --list` prints: the variants of a model repository, or the SAEs of a repository.
import { saesOf, variantsOf, type HubAccess } from '../engine/engine.ts';
import type { Output } from './command.ts';
import { table } from './table.ts';

interface Listed {
  readonly kind: 'model' | 'sae';
  readonly repo: string;
  readonly revision: string;
}

/** @param folder of SAEs only those below it */
export async function listOffer(
  access: HubAccess,
  { kind, ...revision }: Listed,
  signal: AbortSignal,
  folder?: string,
): Promise<Output> {
  return kind === 'model'
    ? variantTable(await variantsOf(access, revision, signal))
    : saeTable(await saesOf(access, revision, signal, folder));
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const bytesColumn = { title: 'MB', align: 'right' } as const;

function variantTable(offer: Awaited<ReturnType<typeof variantsOf>>): Output {
  const { repo, variants, missing } = offer;
  const rows = variants.map(({ variant, description, bytes }) => [
    variant,
    description,
    megabytes(bytes),
  ]);
  const columns = [{ title: 'variant' }, { title: 'precision' }, bytesColumn];
  const lines =
    rows.length === 0 ? [`${repo} has no decoder among its files.`] : [table(columns, rows)];
  if (missing.length > 0)
    lines.push(`It has no ${missing.join(' and no ')}, so it cannot be opened.`);
  return { json: offer, text: lines.join('\n') };
}

function saeTable(offer: Awaited<ReturnType<typeof saesOf>>): Output {
  const rows = offer.saes.map(({ path, site, layer, bytes }) => [
    path === '' ? 'the repository itself' : path,
    site ?? (layer === undefined ? '' : `layer ${layer}`),
    megabytes(bytes),
  ]);
  const columns = [{ title: '--path' }, { title: 'site, by its name' }, bytesColumn];
  const text =
    rows.length === 0 ? `${offer.repo} holds no SAE in a known format.` : table(columns, rows);
  return { json: offer, text };
}

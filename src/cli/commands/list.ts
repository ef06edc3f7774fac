// `monosem list`: what was downloaded; with --known, the well-known models and SAEs that `add` takes by a short name.
import path from 'node:path';
import { catalogue, listRecords, unfinished } from '../../engine/engine.ts';
import type { Command, Output } from '../command.ts';
import { hubAccess } from '../hubAccess.ts';
import { table } from '../table.ts';

export const list: Command = {
  usage: 'list [--known]',
  summary: 'models and SAEs that were downloaded; --known: those that "add" knows by a short name',
  options: { known: { type: 'boolean' } },
  async run({ args }) {
    if (args.flag('known')) return known();
    const { cache } = hubAccess();
    const all = (await listRecords(cache)).map((added) => ({
      ...added,
      place: path.join(cache, added.place),
    }));
    const rows = all.map(({ kind, id, bytes, variant, model, place }) => [
      kind,
      id,
      (bytes / 1e6).toFixed(1),
      variant ?? model ?? '',
      place,
    ]);
    const columns = [
      { title: 'kind' },
      { title: 'name' },
      { title: 'MB', align: 'right' as const },
      { title: 'variant or model' },
      { title: 'folder' },
    ];
    const nothing = `Nothing was downloaded into ${cache} yet; see "monosem help add".`;
    const lines = [all.length === 0 ? nothing : table(columns, rows)];
    const { files, bytes } = await unfinished(cache);
    if (files > 0) {
      const size = `${files} unfinished ${files === 1 ? 'file' : 'files'}, ${(bytes / 1e6).toFixed(1)} MB`;
      lines.push(`${size}: "add" continues them, "remove --unfinished" deletes them.`);
    }
    return { json: all, text: lines.join('\n') };
  },
};

function known(): Output {
  const { models, saes } = catalogue;
  const modelRows = models.map(({ id, name, onnx, exportCommand = '' }) => [
    id,
    name,
    onnx ?? exportCommand,
  ]);
  const saeRows = saes.map(({ id, name, model, repo, path: place }) => [
    id,
    model,
    name,
    `${repo} ${place}`,
  ]);
  return {
    json: catalogue,
    text: [
      table(
        [{ title: 'model' }, { title: 'name' }, { title: 'repository, or how to export it' }],
        modelRows,
      ),
      '',
      table(
        [
          { title: 'SAE' },
          { title: 'of model' },
          { title: 'name' },
          { title: 'repository and path' },
        ],
        saeRows,
      ),
      '',
      'Other SAEs of a repository: monosem add sae REPO --list',
    ].join('\n'),
  };
}

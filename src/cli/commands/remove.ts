// `monosem remove NAME`: deletes a model or SAE that `add` downloaded; with --unfinished, what no download finished.
import { removeRecord, removeUnfinished } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { hubAccess } from '../hubAccess.ts';
import { onlyPositional } from '../options.ts';
import { MonosemError } from '../../shared/errors.ts';

export const remove: Command = {
  argument: 'NAME',
  usage: 'remove NAME|--unfinished',
  summary: 'delete a downloaded model or SAE, by its name in "list", or what no download finished',
  options: { unfinished: { type: 'boolean' } },
  async run({ args }) {
    const { cache } = hubAccess();
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    if (args.flag('unfinished')) {
      if (args.positionals.length > 0) {
        throw new MonosemError(
          'badArgument',
          'remove takes a NAME or --unfinished, not both; see "monosem help remove".',
        );
      }
      const removed = await removeUnfinished(cache);
      const { files, bytes } = removed;
      const text = `${files} unfinished ${files === 1 ? 'file was' : 'files were'} removed, ${megabytes(bytes)}`;
      return { json: removed, text };
    }
    const added = await removeRecord(cache, onlyPositional(args, 'NAME'));
    return { json: added, text: `${added.id} was removed, ${megabytes(added.bytes)}` };
  },
};

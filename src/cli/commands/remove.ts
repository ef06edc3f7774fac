// `monosem remove NAME`: deletes a model or SAE that `add` downloaded.
import { removeRecord } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { hubAccess } from '../hubAccess.ts';
import { onlyPositional } from '../options.ts';

export const remove: Command = {
  argument: 'NAME',
  usage: 'remove NAME',
  summary: 'delete a downloaded model or SAE, by its name in "list"',
  options: {},
  async run({ args }) {
    const added = await removeRecord(hubAccess().cache, onlyPositional(args, 'NAME'));
    return { json: added, text: `${added.id} was removed, ${(added.bytes / 1e6).toFixed(1)} MB` };
  },
};

// `monosem add model|sae REPO`: downloads what is needed of a model or of one SAE from the hub. Ctrl-C stops it, and
// the same command continues it.
import { addModel, addSae, catalogue, type DownloadProgress } from '../../engine/engine.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { hubAccess } from '../hubAccess.ts';
import { listOffer } from '../offers.ts';
import type { Arguments } from '../options.ts';

export const add: Command = {
  argument: 'model|sae REPO',
  usage:
    'add model|sae REPO [--list] [--variant FILE.onnx] [--path FOLDER] [--model REPO] [--revision main]',
  summary:
    'download a model or an SAE (owner/name, or a name of "list --known"), or --list what there is',
  options: {
    list: { type: 'boolean' },
    variant: { type: 'string' },
    path: { type: 'string' },
    model: { type: 'string' },
    revision: { type: 'string' },
  },
  async run({ args, status }) {
    const stop = new AbortController();
    const onInterrupt = (): void => {
      stop.abort();
    };
    process.once('SIGINT', onInterrupt);
    try {
      const context = {
        signal: stop.signal,
        progress: (progress: DownloadProgress) => {
          status(progressLine(progress));
        },
      };
      const { kind, ...params } = wanted(args);
      const access = hubAccess();
      if (args.flag('list')) {
        return await listOffer(access, { kind, ...params }, stop.signal, args.text('path'));
      }
      const { added, place, isOffline } =
        kind === 'model'
          ? await addModel(access, params, context)
          : await addSae(access, params, context);
      const offline = isOffline ? ' (from the cache: the hub cannot be reached)' : '';
      return {
        json: { ...added, place, offline: isOffline },
        text: `${added.id} is in ${place}${offline}\nuse it with --${kind} "${place}"`,
      };
    } finally {
      process.removeListener('SIGINT', onInterrupt);
    }
  },
};

function progressLine({ file, done, total }: DownloadProgress): string {
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return `${mega(done)} of ${mega(total)} MB, ${file}`;
}

interface Wanted {
  readonly kind: 'model' | 'sae';
  readonly repo: string;
  readonly revision: string;
  readonly variant?: string;
  readonly path?: string;
  readonly model?: string;
}

/** @throws MonosemError `badArgument` */
function wanted(args: Arguments): Wanted {
  const [kind, name] = args.positionals;
  if ((kind !== 'model' && kind !== 'sae') || name === undefined) {
    throw new MonosemError(
      'badArgument',
      'add takes "model" or "sae" and a repository, e.g. add model Xenova/gpt2; see "monosem help add".',
    );
  }
  const foreign = kind === 'model' ? ['path', 'model'] : ['variant'];
  const surplus = foreign.find((option) => args.text(option) !== undefined);
  if (surplus !== undefined) {
    throw new MonosemError(
      'badArgument',
      `add ${kind} takes no --${surplus}; see "monosem help add".`,
    );
  }
  const options = Object.fromEntries(
    ['variant', 'path', 'model'].flatMap((option) => {
      const value = args.text(option);
      return value === undefined ? [] : [[option, value]];
    }),
  );
  const known = kind === 'model' ? knownModel(name) : knownSae(name);
  return { kind, repo: name, revision: args.text('revision') ?? 'main', ...known, ...options };
}

function knownModel(id: string): { readonly repo?: string } {
  const model = catalogue.models.find((other) => other.id === id);
  if (model === undefined) return {};
  if (model.onnx !== undefined) return { repo: model.onnx };
  throw new MonosemError(
    'badArgument',
    `No ONNX export of ${model.name} is known; name a repository that has one, or export it with "${model.exportCommand ?? ''}" and open that folder.`,
  );
}

function knownSae(id: string): Partial<Pick<Wanted, 'repo' | 'path' | 'model'>> {
  const sae = catalogue.saes.find((other) => other.id === id);
  if (sae === undefined) return {};
  const { repo, path, model } = sae;
  const original = catalogue.models.find((other) => other.id === model)?.original;
  return { repo, path, ...(original === undefined ? {} : { model: original }) };
}

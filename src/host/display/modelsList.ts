// Models and SAEs as a list: what is in use, open or downloaded, where it runs, how much memory it takes, and what else
// there is. Names come from files and are shown as plain lines. Without VS Code.
import { basename } from 'node:path';
import type { ModelChoice, ModelFacts } from '../../shared/engineProtocol.ts';
import type { Download } from '../../shared/hubProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { countText } from '../../shared/numberText.ts';
import type { OpenThings } from '../../shared/readingProtocol.ts';
import type { ModelPlace } from '../source/modelInUse.ts';
import type { FileEntry, FileNode } from '../trees/fileEntry.ts';
import type { EntryIcon } from '../trees/treeEntry.ts';
import { oneLine } from './oneLine.ts';
import { providerName } from './providerName.ts';
import { saeEntry } from './saeEntries.ts';
import type { SaeStanding } from './saeEntries.ts';
import { sizeText } from './size.ts';

export interface ModelsFacts {
  /** The model in use, by the settings. */
  readonly choice: ModelChoice;
  /** Folder of the model that comes with Monosem. */
  readonly embedded: string;
  /** What runs where; absent until the engine has said so. */
  readonly place?: ModelPlace | undefined;
  readonly facts?: ModelFacts | undefined;
  /** Why the model in use could not be opened, as a sentence. */
  readonly failure?: string | undefined;
  /** What is open; absent where the engine does not run or does not say. */
  readonly open?: OpenThings | undefined;
  readonly isEngineRunning: boolean;
  /** Absent until somebody has asked for them. */
  readonly downloads?: readonly Download[] | undefined;
  /** Used ones first. */
  readonly saes: readonly SaeStanding[];
  /** Block whose neurons are painted. */
  readonly neuronBlock?: number | undefined;
}

export function modelsList(facts: ModelsFacts): readonly FileNode[] {
  const { saes, downloads } = facts;
  const others = saes.filter(({ isOfOtherModel }) => isOfOtherModel);
  return [
    usedModel(facts),
    ...otherModels(facts),
    ...(others.length === 0 ? [] : [otherSaes(others)]),
    ...(downloads === undefined ? [unknownDownloads()] : []),
    engineNode(facts),
  ];
}

function leaf(entry: FileEntry): FileNode {
  return { entry, below: [] };
}

function usedModel(facts: ModelsFacts): FileNode {
  const { choice, place, failure, downloads = [], saes } = facts;
  const download = downloads.find((each) => each.kind === 'model' && each.place === choice.model);
  const memory = memoryOf(choice.model, facts);
  const words = stateWords(facts, memory);
  const name = oneLine(place?.name ?? basename(choice.model));
  const own = saes.filter(({ isOfOtherModel }) => !isOfOtherModel);
  return {
    entry: {
      id: `model:${choice.model}`,
      label: name,
      description: words.join(' · '),
      tooltip: [name, oneLine(choice.model), failure ?? oneLine(place?.reason ?? '')]
        .filter((line) => line !== '')
        .join('\n'),
      icon: usedIcon(place !== undefined, failure),
      context: download === undefined ? 'usedModel' : 'usedModelDownload',
      opens: 'expanded',
      spoken: t('Model {0}, {1}', name, words.join(', ')),
      folder: choice.model,
      ...(download && { download: download.id }),
    },
    below: [
      ...(failure === undefined ? [] : [leaf(failureEntry(failure))]),
      ...own.map((standing) => leaf(saeEntry(standing))),
      ...(own.length === 0 ? [leaf(noSaeEntry())] : []),
      neuronsNode(facts),
      detailsNode(facts, memory),
    ],
  };
}

function stateWords(
  { choice, embedded, failure, place }: ModelsFacts,
  memory: number | undefined,
): readonly string[] {
  return [
    failure === undefined ? t('in use') : t('cannot be opened'),
    place === undefined ? '' : t('on {0}', providerName(place.provider)),
    memory === undefined ? '' : sizeText(memory),
    choice.model === embedded ? t('comes with Monosem') : '',
  ].filter((word) => word !== '');
}

function usedIcon(isOpen: boolean, failure: string | undefined): EntryIcon {
  if (failure !== undefined) return { codicon: 'error', colour: 'list.errorForeground' };
  return isOpen
    ? { codicon: 'circle-large-filled', colour: 'charts.green' }
    : { codicon: 'circle-large-outline' };
}

/** Weights of a model that is open; `undefined` where that is not known. */
function memoryOf(folder: string, { open }: ModelsFacts): number | undefined {
  return open?.sources.find(({ model }) => model === folder)?.weightBytes;
}

function failureEntry(failure: string): FileEntry {
  const sentence = oneLine(failure);
  return {
    id: 'failure',
    label: sentence,
    tooltip: sentence,
    icon: { codicon: 'warning', colour: 'list.warningForeground' },
    command: { name: 'showDiagnostics', args: [] },
    spoken: sentence,
  };
}

function noSaeEntry(): FileEntry {
  const label = t('No sparse autoencoder is chosen');
  return {
    id: 'noSae',
    label,
    icon: { codicon: 'add' },
    command: { name: 'chooseSaes', args: [] },
    spoken: label,
  };
}

/** The neurons of each MLP layer can be looked at as features are. */
function neuronsNode({ facts, neuronBlock }: ModelsFacts): FileNode {
  const label = t('MLP neurons');
  const explanation = t(
    'The hidden activations of one MLP layer in the place of SAE features: most neurons respond to several unrelated things, which is what SAEs take apart.',
  );
  const entry: FileEntry = {
    id: 'neurons',
    label,
    description:
      neuronBlock === undefined ? t('without an SAE') : t('block {0} is painted', neuronBlock),
    tooltip: explanation,
    icon: { codicon: 'circuit-board' },
    spoken: `${label}. ${explanation}`,
  };
  if (facts === undefined) {
    return leaf({ ...entry, command: { name: 'changeView', args: ['neurons'] } });
  }
  const below = Array.from({ length: facts.layers }, (_, block) =>
    leaf(neuronEntry(block, block === neuronBlock)),
  );
  return { entry: { ...entry, opens: 'collapsed' }, below };
}

function neuronEntry(block: number, isPainted: boolean): FileEntry {
  const label = t('Block {0}', block);
  return {
    id: `neurons:${block}`,
    label,
    ...(isPainted && { description: t('painted') }),
    tooltip: t('Paint the neurons of block {0}', block),
    icon: { codicon: isPainted ? 'eye' : 'circle-outline' },
    command: { name: 'changeView', args: [{ kind: 'neurons', block }] },
    spoken: isPainted
      ? t('Neurons of block {0}, painted', block)
      : t('Neurons of block {0}', block),
  };
}

function detailsNode(facts: ModelsFacts, memory: number | undefined): FileNode {
  const label = t('Details');
  const entry: FileEntry = {
    id: 'details',
    label,
    icon: { codicon: 'info' },
    opens: 'collapsed',
    spoken: t('Details of the model'),
  };
  return { entry, below: details(facts, memory).map(detailEntry).map(leaf) };
}

type Detail = readonly [name: string, value: string, more?: string];

function details(
  { choice, facts, place }: ModelsFacts,
  memory: number | undefined,
): readonly Detail[] {
  const folder: Detail = [t('Folder'), choice.model];
  if (place === undefined) return [folder, [t('State'), t('not opened yet')]];
  const known: readonly Detail[] = [
    [t('File'), place.variant],
    [t('Runs on'), providerName(place.provider), place.reason],
    [t('Weights in memory'), memory === undefined ? t('not known') : sizeText(memory)],
  ];
  if (facts === undefined) return [folder, ...known];
  return [
    folder,
    ...known,
    [t('Architecture'), facts.architecture],
    [t('Layers'), countText(facts.layers)],
    [t('Width'), countText(facts.dModel)],
    [t('Vocabulary'), t('{0} tokens', countText(facts.vocabularySize))],
    [t('Context'), t('{0} tokens', countText(facts.contextLength))],
  ];
}

function detailEntry([name, value, more]: Detail): FileEntry {
  const shown = oneLine(value);
  return {
    id: `detail:${name}`,
    label: name,
    description: shown,
    tooltip: [`${name}: ${shown}`, ...(more === undefined ? [] : [oneLine(more)])].join('\n'),
    spoken: `${name}: ${shown}`,
  };
}

function otherModels(facts: ModelsFacts): readonly FileNode[] {
  const { choice, embedded, downloads = [] } = facts;
  const own = t('comes with Monosem');
  const models = downloads.filter(({ kind, place }) => kind === 'model' && place !== choice.model);
  return [
    ...(choice.model === embedded
      ? []
      : [otherModel(facts, { folder: embedded, name: basename(embedded), words: [own] })]),
    ...models.map(({ id, place, bytes, variant }) =>
      otherModel(facts, {
        folder: place,
        name: id,
        words: [t('downloaded'), sizeText(bytes)],
        more: { download: id, ...(variant !== undefined && { variant }) },
      }),
    ),
  ];
}

interface OtherModel {
  readonly folder: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly more?: Pick<FileEntry, 'download' | 'variant'>;
}

function otherModel(facts: ModelsFacts, { folder, name, words, more = {} }: OtherModel): FileNode {
  const memory = memoryOf(folder, facts);
  const all = memory === undefined ? words : [...words, t('open, {0}', sizeText(memory))];
  const label = oneLine(name);
  return leaf({
    id: `model:${folder}`,
    label,
    description: all.join(' · '),
    tooltip: `${label}\n${oneLine(folder)}`,
    icon: { codicon: memory === undefined ? 'circle-large-outline' : 'circle-large-filled' },
    context: more.download === undefined ? 'otherModel' : 'otherModelDownload',
    spoken: t('Model {0}, {1}', label, all.join(', ')),
    folder,
    ...more,
  });
}

function otherSaes(saes: readonly SaeStanding[]): FileNode {
  const label = t('SAEs of other models');
  const entry: FileEntry = {
    id: 'otherSaes',
    label,
    description: `${saes.length}`,
    opens: 'collapsed',
    spoken: t('{0}: {1}', label, saes.length),
  };
  return { entry, below: saes.map((standing) => leaf(saeEntry(standing))) };
}

/** Only the engine reads the records of downloads, and looking at a list is no reason to start it. */
function unknownDownloads(): FileNode {
  const label = t('Downloads');
  return leaf({
    id: 'downloads',
    label,
    description: t('look for them'),
    icon: { codicon: 'search' },
    command: { name: 'refreshModels', args: [] },
    spoken: t('Look for downloads'),
  });
}

function engineNode({ isEngineRunning, open }: ModelsFacts): FileNode {
  const label = t('Engine');
  const description = isEngineRunning ? engineMemory(open) : t('not started');
  return leaf({
    id: 'engine',
    label,
    description,
    tooltip: t(
      'The process that runs models: its memory as the system counts it, and of it the caches of keys and values that are kept for documents.',
    ),
    icon: { codicon: 'server-process' },
    command: { name: 'showDiagnostics', args: [] },
    spoken: `${label}, ${description}`,
  });
}

function engineMemory(open: OpenThings | undefined): string {
  if (open === undefined) return t('running, memory not known');
  const { residentBytes, cacheBytes } = open;
  return t('{0}, of it {1} of caches', sizeText(residentBytes), sizeText(cacheBytes));
}

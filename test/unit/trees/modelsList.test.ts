import { expect, test } from 'vitest';
import { modelsList } from '../../../src/host/display/modelsList.ts';
import type { ModelsFacts } from '../../../src/host/display/modelsList.ts';
import { saeEntry } from '../../../src/host/display/saeEntries.ts';
import type { SaeStanding } from '../../../src/host/display/saeEntries.ts';
import { readSaeArgument } from '../../../src/host/commands/saeArgument.ts';
import { readFileArgument } from '../../../src/host/trees/fileArgument.ts';
import type { FileNode } from '../../../src/host/trees/fileEntry.ts';
import type { ModelFacts, SaeFacts } from '../../../src/shared/engineProtocol.ts';
import type { Download } from '../../../src/shared/hubProtocol.ts';
import type { SaeCheck } from '../../../src/shared/saeCheck.ts';

const embedded = '/extension/models/stories15M';
const own = `${embedded}/saes/blocks.2`;
const place = {
  name: 'stories15M',
  variant: 'onnx/model.onnx',
  provider: 'cpu',
  reason: 'It is set.',
};
const facts: ModelFacts = {
  ...{ name: 'stories15M', folder: embedded, architecture: 'llama', variant: 'onnx/model.onnx' },
  ...{ layers: 6, dModel: 288, vocabularySize: 32_000, contextLength: 256 },
  streamSites: [],
  ...{
    provider: 'cpu',
    providerReason: 'It is set.',
    dynamicallyQuantized: false,
    hasChatTemplate: false,
  },
};
const saeFacts: SaeFacts = {
  ...{ sae: own, name: 'blocks.2', site: 'blocks.2.hook_resid_post', architecture: 'topk' },
  ...{ features: 2048, hasFeatureStore: true },
};
const used: SaeStanding = { sae: own, isUsed: true, isPainted: false, isOfOtherModel: false };
const gpt2: Download = {
  ...{ id: 'openai/gpt2', kind: 'model', repo: 'openai/gpt2', place: '/cache/models/gpt2' },
  ...{ bytes: 500e6, variant: 'onnx/model.onnx' },
};
const base: ModelsFacts = {
  choice: { model: embedded },
  embedded,
  isEngineRunning: false,
  saes: [used],
};
const opened: ModelsFacts = {
  ...base,
  place,
  facts,
  isEngineRunning: true,
  downloads: [gpt2],
  open: {
    sources: [
      {
        ...{ model: embedded, variant: 'onnx/model.onnx', provider: 'cpu', weightBytes: 60e6 },
        ...{ saes: [{ sae: own, weightBytes: 5e6 }], sessions: 1 },
      },
    ],
    cacheBytes: 2e6,
    residentBytes: 400e6,
  },
};

const lines = (nodes: readonly FileNode[], indent = ''): readonly string[] =>
  nodes.flatMap(({ entry, below }) => [
    `${indent}${entry.label} | ${entry.description ?? ''}`,
    ...lines(below, `${indent}  `),
  ]);

test('before anything was opened, what is known from the settings alone', () => {
  expect(lines(modelsList(base))).toEqual([
    'stories15M | in use · comes with Monosem',
    '  blocks.2 | used',
    '  MLP neurons | without an SAE',
    '  Details | ',
    `    Folder | ${embedded}`,
    '    State | not opened yet',
    'Downloads | look for them',
    'Engine | not started',
  ]);
});

test('an open model with where it runs, its memory, its facts, and what else was downloaded', () => {
  const standing = { ...used, isPainted: true, facts: saeFacts };
  expect(lines(modelsList({ ...opened, saes: [standing] }))).toEqual([
    'stories15M | in use · on CPU · 60 MB · comes with Monosem',
    '  blocks.2 | painted · 2,048 features',
    '  MLP neurons | without an SAE',
    ...[0, 1, 2, 3, 4, 5].map((block) => `    Block ${block} | `),
    '  Details | ',
    `    Folder | ${embedded}`,
    '    File | onnx/model.onnx',
    '    Runs on | CPU',
    '    Weights in memory | 60 MB',
    '    Architecture | llama',
    '    Layers | 6',
    '    Width | 288',
    '    Vocabulary | 32,000 tokens',
    '    Context | 256 tokens',
    'openai/gpt2 | downloaded · 500 MB',
    'Engine | 400 MB, of it 2 MB of caches',
  ]);
});

test('an engine that does not say what is open: memory is not known', () => {
  const shown = lines(modelsList({ ...opened, open: undefined }));
  expect(shown).toContain('stories15M | in use · on CPU · comes with Monosem');
  expect(shown).toContain('    Weights in memory | not known');
  expect(shown).toContain('Engine | running, memory not known');
});

test('a model that cannot be opened says why', () => {
  const [model] = modelsList({ ...base, failure: 'There is no\nconfig.json.' });
  expect(model?.entry).toMatchObject({ description: 'cannot be opened · comes with Monosem' });
  expect(model?.below[0]?.entry).toMatchObject({ label: 'There is no config.json.' });
});

test('another model in use: the one that comes with Monosem can be opened, downloads removed', () => {
  const choice = { model: gpt2.place };
  const nodes = modelsList({ ...opened, choice, place: undefined, facts: undefined, saes: [] });
  const [model, other] = nodes;
  expect(model?.entry).toMatchObject({ context: 'usedModelDownload', download: 'openai/gpt2' });
  expect(model?.below[0]?.entry.command?.name).toBe('chooseSaes');
  expect(other?.entry).toMatchObject({ context: 'otherModel', folder: embedded });
  expect(other?.entry.description).toBe('comes with Monosem · open, 60 MB');
  const [, download] = modelsList(opened);
  expect(download?.entry).toMatchObject({
    context: 'otherModelDownload',
    folder: gpt2.place,
    variant: 'onnx/model.onnx',
    download: 'openai/gpt2',
  });
});

test('the neurons of a block are painted by a click, and those that are say so', () => {
  const nodes = modelsList({ ...opened, neuronBlock: 2 });
  const neurons = nodes[0]?.below.find(({ entry }) => entry.id === 'neurons');
  expect(neurons?.entry.description).toBe('block 2 is painted');
  expect(neurons?.below[2]?.entry).toMatchObject({ description: 'painted' });
  expect(neurons?.below[3]?.entry.command).toEqual({
    name: 'changeView',
    args: [{ kind: 'neurons', block: 3 }],
  });
});

const check: SaeCheck = {
  ...{ name: 'blocks.2', folder: own, site: 'blocks.2.hook_resid_post' },
  ...{ passes: false, verdict: 'It reads\nanother site.', remarks: [], trials: [] },
};

test('an SAE says whether it is used, what it is, and whether it fits', () => {
  const passed = saeEntry({
    ...used,
    facts: saeFacts,
    outcome: { sae: own, check: { ...check, passes: true } },
  });
  expect(passed).toMatchObject({ context: 'usedSae', icon: { codicon: 'check' }, isDimmed: false });
  expect(passed.tooltip).toContain('topk at blocks.2.hook_resid_post');
  expect(passed.tooltip).toContain('Examples and densities are known');
  const off = saeEntry({ ...used, facts: saeFacts, outcome: { sae: own, check } });
  expect(off.description).toBe('used · 2,048 features · does not fit');
  expect(off.icon).toMatchObject({ codicon: 'warning' });
  expect(off.tooltip).toContain('Check: It reads another site.');
  const download: Download = { ...gpt2, id: 'x/sae/blocks.2', kind: 'sae', place: own, bytes: 9e6 };
  const unused = saeEntry({
    ...used,
    isUsed: false,
    download: { ...download, model: 'openai/gpt2' },
  });
  expect(unused).toMatchObject({
    label: 'x/sae/blocks.2',
    description: 'not used · 9 MB',
    context: 'unusedSaeDownload',
    isDimmed: true,
    download: 'x/sae/blocks.2',
  });
});

test('SAEs that were downloaded for other models stand apart', () => {
  const other = { ...used, sae: '/cache/saes/x', isUsed: false, isOfOtherModel: true };
  const shown = lines(modelsList({ ...opened, saes: [used, other] }));
  expect(shown).toContain('SAEs of other models | 1');
  expect(shown).toContain('  x | not used');
});

test('every entry has an id of its own, and is a sentence for screen readers', () => {
  const neurons = { ...used, sae: 'neurons:blocks.1.mlp.hook_post' };
  const all = (nodes: readonly FileNode[]): readonly FileNode[] =>
    nodes.flatMap((node) => [node, ...all(node.below)]);
  const entries = all(modelsList({ ...opened, saes: [used, neurons], failure: 'No.' }));
  const ids = entries.map(({ entry }) => entry.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { entry } of entries) expect(entry.spoken).not.toBe('');
});

test('arguments of commands name an SAE or files, or nothing', () => {
  expect(readSaeArgument('/s')).toBe('/s');
  expect(readSaeArgument({ sae: '/s', feature: 1 })).toBe('/s');
  for (const other of [undefined, null, '', 5, {}, { sae: 5 }, ['/s'], 'x'.repeat(40_000)])
    expect(readSaeArgument(other)).toBeUndefined();
  const entry = { folder: '/m', variant: 'a.onnx', download: 'o/n', other: 1 };
  expect(readFileArgument(entry)).toEqual({ folder: '/m', variant: 'a.onnx', download: 'o/n' });
  expect(readFileArgument({ folder: 'relative/..', variant: 5, download: '' })).toEqual({});
  for (const other of [undefined, 'x', null, ['/m']]) expect(readFileArgument(other)).toEqual({});
});

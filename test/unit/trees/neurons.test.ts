// Lists at the side call neurons by their name, in English and in German; beside features of an SAE all are features.
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { bundleFile, readTexts } from '../../../scripts/l10n/bundle.ts';
import { comparisonNodes } from '../../../src/host/display/comparison/comparisonNodes.ts';
import { collectionGroups } from '../../../src/host/display/features/collectionEntries.ts';
import { FeatureFilter } from '../../../src/host/display/features/featureFilter.ts';
import { listFileFeatures } from '../../../src/host/display/features/fileFeatureList.ts';
import type { FileFeatureList } from '../../../src/host/display/features/fileFeatureList.ts';
import { listWords } from '../../../src/host/display/features/listWords.ts';
import { effectNode } from '../../../src/host/display/tokens/effectNodes.ts';
import { rootNode } from '../../../src/host/display/tokens/treeNode.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import type { SaePlace } from '../../../src/shared/engineProtocol.ts';
import { useTranslation } from '../../../src/shared/l10n.ts';
import { neuronsOfBlock } from '../../../src/shared/saePlace.ts';
import { featureIndex, tokenIndex } from '../../../src/shared/units.ts';
import { changedTokens, comparisonOf, featureChange } from '../comparison/comparisons.ts';
import { likely } from '../display/hoverFacts.ts';
import { childrenOf, everyNode, top, treeOf, uri } from '../display/treeOfText.ts';
import { batchOf, readingIn, type Row } from '../host/batches.ts';

const sae = neuronsOfBlock(1);
const rows: readonly Row[] = [
  [0, 4, 57, 3, 8, 1],
  [4, 9, 57, 2],
];

/** A text whose tokens these places read. */
function tableOf(places: readonly SaePlace[]): TokenTable {
  const tokens = new TokenTable();
  const readings = places.map((place) => readingIn(rows, 2, place));
  tokens.insert({ ...batchOf(0, rows, 2), readings }, 1);
  return tokens;
}

function listed(
  places: readonly SaePlace[],
  { words = '', hidden = [] as readonly string[] } = {},
): Promise<FileFeatureList> {
  const filter = new FeatureFilter({ maxDensity: 100, hidden, ignoreBos: true }, () => undefined);
  return listFileFeatures(
    {
      rows: tableOf(places).rows,
      saes: places.map((place) => ({ sae: place, label: 'the layer' })),
      ...{ ranking: 'total', words },
    },
    {
      filter,
      load: () => Promise.resolve(),
      brief: () => undefined,
      slotOf: () => undefined,
      palette: 'standard',
    },
  );
}

function speakGerman(): void {
  const texts = readTexts(path.join(path.dirname(bundleFile), 'bundle.l10n.de.json'));
  useTranslation((text) => texts[text], 'de');
}
afterEach(() => useTranslation(() => undefined));

describe('neurons of the file', () => {
  test('are counted, filtered and read out as neurons', async () => {
    const { groups, message } = await listed([sae], { words: '57' });
    expect(groups[0]?.entry.description).toBe('1 neuron');
    expect(groups[0]?.features[0]?.spoken).toBe('Neuron 57, total activation 5.00, 2 tokens');
    expect(message).toBe('Filter “57”: 1 of 2 neurons; an empty filter shows all.');
    speakGerman();
    const german = await listed([sae]);
    expect(german.groups[0]?.entry.description).toBe('2 Neuronen');
    expect(german.groups[0]?.features[0]?.spoken).toContain('Neuron 57');
  });

  test('are features where an SAE is listed beside them, each group by its own name', async () => {
    const { groups, message } = await listed([sae, '/s'], { words: '57' });
    expect(groups.map(({ entry }) => entry.description)).toEqual(['1 neuron', '1 feature']);
    expect(message).toBe('Filter “57”: 2 of 4 features; an empty filter shows all.');
  });

  test('no list says anything of features where there are none', () => {
    const words = listWords([sae]);
    const all = [
      ...[0, 1, 2].map((count) => words.count(count)),
      ...[1, 2].flatMap((count) => [
        words.leftOutByFilters(count),
        words.leftOutBySettings(count),
        words.withoutLoss(count),
        words.withoutDensity(count),
      ]),
      ...[words.noneOnToken, words.noneInFile, words.hidden, words.hiddenBy('x')],
      ...[words.filtered('x', 1, 2), words.shareOfKept('1%', 2), words.searchedBy, words.chosenBy],
    ];
    for (const text of all) {
      expect(text).toMatch(/neuron/i);
      expect(text).not.toMatch(/feature/i);
    }
  });
});

test('pinned neurons, active and not', () => {
  const pinned = [{ sae, feature: featureIndex(4), slot: 0 }];
  const groupsWith = (active: ReadonlyMap<SaePlace, string>): ReturnType<typeof collectionGroups> =>
    collectionGroups({
      ...{ pinned, recent: [], active, palette: 'standard' },
      brief: () => undefined,
      tokensWith: () => 12,
    });
  const [here] = groupsWith(new Map([[sae, 'the layer']]));
  expect(here?.entry.spoken).toBe('Pinned, 1 neuron');
  expect(here?.features[0]?.spoken).toBe('Neuron 4, 12 tokens here');
  const away = groupsWith(new Map())[0]?.features[0];
  expect(away?.spoken).toBe(`Neuron 4, ${sae} is not active`);
  expect(away?.tooltip).toContain('to see where its neuron 4 is');
  speakGerman();
  expect(groupsWith(new Map())[0]?.features[0]?.spoken).toBe(`Neuron 4, ${sae} ist nicht aktiv`);
});

describe('in the list of tokens', () => {
  test('a token has neurons', async () => {
    const nodes = await everyNode(top(treeOf('girlprincess', { tokens: tableOf([sae]) })));
    const spoken = nodes.map((node) => node.spoken);
    expect(spoken).toContain(
      'Token girl, 2 neurons; neuron 57, dragon, dragons; neuron 8, dragon, dragons',
    );
    expect(spoken).toContain('Neuron 57, dragon, dragons: activation 3.00, 75% of the token');
    const tooltips = nodes.map(({ tooltip }) => tooltip ?? '').join('\n');
    expect(tooltips).toContain('75% of the summed activation of the 2 strongest neurons');
    speakGerman();
    const german = await everyNode(top(treeOf('girlprincess', { tokens: tableOf([sae]) })));
    expect(german.map((node) => node.spoken).join('\n')).toContain('2 Neuronen; Neuron 57');
  });

  test('a token without one of its neurons', async () => {
    const effect = {
      ...{ sae, feature: featureIndex(57), token: tokenIndex(0), activation: 3 },
      ids: Uint32Array.of(1),
      starts: Uint32Array.of(4),
      ends: Uint32Array.of(9),
      baseline: Float32Array.of(1),
      ablated: Float32Array.of(2),
      next: { baseline: likely([1, ' a', 0.5]), ablated: likely([1, ' a', 0.25]), kl: 0.1 },
    };
    const tree = treeOf('girlprincess');
    const node = effectNode(tree, rootNode(uri), effect);
    const nodes = [node, ...(await everyNode(await childrenOf(node)))];
    const words = nodes.flatMap(({ spoken, tooltip = '' }) => [spoken, tooltip]).join('\n');
    expect(words).toContain('Without neuron 57: ');
    expect(words).toContain('Neuron 57 is taken out of this token alone');
    expect(words).toMatch(/with and without the neuron: divergence .*\n/);
    expect(words).not.toMatch(/feature/i);
  });
});

test('neurons that a text has gained', () => {
  const comparison = comparisonOf({
    gained: [featureChange(sae, 7, [0, 0, 12, 5])],
    changed: [changedTokens(sae, [])],
  });
  const nodes = comparisonNodes(
    { comparison, texts: { left: 'a', right: 'b' } },
    {
      ...{ brief: () => undefined, shows: () => true, limit: 3 },
      labels: new Map([[sae, 'the layer']]),
    },
  );
  const words = JSON.stringify(nodes);
  expect(words).toContain('Neurons gained (1)');
  expect(words).toContain('Neuron 7, gained');
  expect(words).toContain('Tokens whose strongest neuron changed (0)');
  expect(words).not.toMatch(/Feature/);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FeatureFilter } from '../../../src/host/display/features/featureFilter.ts';
import {
  listFileFeatures,
  mostListed,
} from '../../../src/host/display/features/fileFeatureList.ts';
import type {
  FileFeatureList,
  FilePorts,
  FileQuestion,
} from '../../../src/host/display/features/fileFeatureList.ts';
import { excerptAt } from '../../../src/host/display/features/strongestTokens.ts';
import { placeEntry } from '../../../src/host/display/features/featureEntries.ts';
import {
  rankingChoices,
  rankingName,
} from '../../../src/host/display/features/fileFeaturesText.ts';
import { rankings } from '../../../src/host/display/features/featureRankings.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { batchOf, readingIn } from '../host/batches.ts';
import type { Row } from '../host/batches.ts';
import { brief } from './sums.ts';

const rows: readonly Row[] = [
  [0, 4, 57, 2, 8, 1],
  [4, 9, 57, 3],
  [9, 12, 8, 4],
];
const hidden = { maxDensity: 100, hidden: [], ignoreBos: true };

interface Bench {
  readonly question: FileQuestion;
  readonly ports: FilePorts;
  /** Features that were asked about, call after call. */
  readonly asked: (readonly number[])[];
}

function bench(
  question: Partial<FileQuestion> = {},
  rules: Partial<ConstructorParameters<typeof FeatureFilter>[0]> = {},
): Bench {
  const table = new TokenTable();
  table.insert(
    batchOf(0, rows, 2, [
      readingIn(
        rows.map(([a, b]): Row => [a, b, 5, 1]),
        1,
        '/t',
      ),
    ]),
    1,
  );
  const asked: (readonly number[])[] = [];
  const known = new Map([57, 8].map((id) => [id, brief(id, id === 57 ? 0.2 : 0.001, ' rain')]));
  const briefOf = (sae: string, id: number): ReturnType<typeof brief> | undefined =>
    sae === '/s' && asked.flat().includes(id) ? known.get(id) : undefined;
  return {
    question: {
      rows: table.rows,
      saes: [{ sae: '/s', label: 'the site' }],
      ranking: 'total',
      words: '',
      ...question,
    },
    ports: {
      filter: new FeatureFilter({ ...hidden, ...rules }, briefOf),
      load: (_, features) => Promise.resolve(void asked.push(features)),
      brief: briefOf,
      palette: 'standard',
      slotOf: ({ feature }) => (Number(feature) === 8 ? 3 : undefined),
    },
    asked,
  };
}

const shown = ({ groups }: FileFeatureList): readonly string[] =>
  groups.flatMap(({ features }) =>
    features.map(({ label, description }) => `${label} | ${description ?? ''}`),
  );

test('the features of a file by total activation, named, with where they stand', async () => {
  const { question, ports } = bench();
  const list = await listFileFeatures(question, ports);
  // (2 tokens + 2) ÷ (3 · 0.2 + 2) and (2 + 2) ÷ (3 · 0.001 + 2).
  expect(shown(list)).toEqual([
    '#8 rain | 5.00 · 2 tokens · 2×',
    '#57 rain | 5.00 · 2 tokens · 1.54×',
  ]);
  expect(list).toMatchObject({ state: 'list', message: '' });
  const [pinned, other] = list.groups[0]?.features ?? [];
  expect([pinned?.context, other?.context]).toEqual(['pinnedFeature', 'feature']);
  expect(pinned?.spoken).toBe('Feature 8: rain (pinned), total activation 5.00, 2 tokens');
  expect(other).toMatchObject({
    sae: '/s',
    feature: 57,
    command: { name: 'openFeature', args: [57, '/s'] },
    opens: 'collapsed',
  });
  expect(other?.tooltip).toContain('Active on 2 of 3 tokens (67%)');
  expect(JSON.stringify(pinned?.icon)).toContain('data:image/svg+xml;base64,');
});

test('several SAEs are groups in the order asked for, and entries have one id each', async () => {
  const saes = [
    { sae: '/t', label: 'second' },
    { sae: '/s', label: 'first' },
    { sae: '/gone', label: 'gone' },
  ];
  const { question, ports } = bench({ saes });
  const { groups } = await listFileFeatures(question, ports);
  expect(groups.map(({ entry }) => `${entry.label} ${entry.description ?? ''}`)).toEqual([
    'second 1 feature',
    'first 2 features',
  ]);
  const ids = groups.flatMap(({ entry, features }) => [entry.id, ...features.map(({ id }) => id)]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('labels are asked for where they are needed: of what is listed, of everything to find a word', async () => {
  const plain = bench({ words: '5' });
  expect(shown(await listFileFeatures(plain.question, plain.ports))).toHaveLength(1);
  expect(plain.asked).toEqual([[57]]);
  const word = bench({ words: 'rain' });
  const list = await listFileFeatures(word.question, word.ports);
  expect(word.asked).toEqual([[57, 8]]);
  expect(list.message).toContain('Filter “rain”: 2 of 2 features');
});

test('what is left out by the settings is counted, also by density, which has to be known', async () => {
  const { question, ports } = bench({}, { maxDensity: 10, hidden: ['s/8'] });
  const list = await listFileFeatures(question, ports);
  expect(shown(list)).toEqual([]);
  expect(list.message).toBe('2 features are left out by the settings.');
  const one = bench({}, { hidden: ['s/8'] });
  expect((await listFileFeatures(one.question, one.ports)).message).toBe(
    '1 feature is left out by the settings.',
  );
});

test('features of the token that begins a text do not count where that is wanted', async () => {
  const { question, ports } = bench({}, { bosId: 101 });
  expect(shown(await listFileFeatures(question, ports))).toEqual([
    '#8 rain | 5.00 · 2 tokens · 2×',
    '#57 rain | 2.00 · 1 token · 1.25×',
  ]);
});

test('a ranking that needs what nobody has computed says so', async () => {
  const surprise = bench({ ranking: 'surprise' });
  expect(await listFileFeatures(surprise.question, surprise.ports)).toEqual({
    state: 'noLosses',
    groups: [],
    message: '',
  });
  const density = bench({ ranking: 'density', saes: [{ sae: '/t', label: 'no store' }] });
  expect((await listFileFeatures(density.question, density.ports)).state).toBe('noDensities');
  const known = bench({ ranking: 'density' });
  expect(shown(await listFileFeatures(known.question, known.ports))).toEqual([
    '#8 rain | 2× · 2 tokens',
    '#57 rain | 1.54× · 2 tokens',
  ]);
});

test('a long list ends, and says so', async () => {
  const many = Array.from({ length: mostListed + 1 }, (_, n): Row => [n, n + 1, n, 1]);
  const table = new TokenTable();
  table.insert(batchOf(0, many), 1);
  const { question, ports } = bench({ rows: table.rows });
  const list = await listFileFeatures(question, ports);
  expect(shown(list)).toHaveLength(mostListed);
  expect(list.message).toBe('');
  expect(list.groups[0]?.end).toMatchObject([
    { label: '1 more; a filter finds them', command: { name: 'filterFeatures' } },
  ]);
});

test('a file without features says so, and one that is read no more is not listed', async () => {
  const table = new TokenTable();
  table.insert(batchOf(0, [[0, 1]]), 1);
  const { question, ports } = bench({ rows: table.rows });
  expect((await listFileFeatures(question, ports)).message).toBe(
    'No feature is active in this file.',
  );
  const load = (): Promise<void> => Promise.resolve();
  await expect(
    listFileFeatures(question, { ...ports, load }, AbortSignal.abort()),
  ).rejects.toThrow();
});

test('every ranking can be chosen', () => {
  expect(rankingChoices().map(({ ranking }) => ranking)).toEqual(rankings);
  expect(new Set(rankings.map(rankingName)).size).toBe(rankings.length);
});

test('a place shows its line, with the token standing out', () => {
  const text = 'once\n\tupon a time';
  const excerpt = excerptAt(text, 6, 10);
  expect(excerpt).toEqual({ text: 'upon a time', highlight: [0, 4] });
  const ref = { sae: '/s', feature: featureIndex(57) };
  const place = { line: 2, excerpt, document: 'file:///a' };
  expect(placeEntry(ref, 0, { start: 6, end: 10, activation: 2 }, place)).toMatchObject({
    label: 'upon a time',
    description: 'line 2 · 2.00',
    command: { name: 'goToToken', args: [6, 10, 'file:///a'] },
    spoken: 'Line 2, activation 2.00: upon a time',
  });
});

test('a long line is shown from a whole word on, where there is one', () => {
  const text = 'she looked out of the window and watched the sea blink until the morning came';
  const start = text.indexOf(' sea');
  const { text: line, highlight } = excerptAt(text, start, start + ' sea'.length);
  expect(line).toBe('…and watched the sea blink until the morning came');
  expect(line.slice(...highlight)).toBe('sea');
  expect(excerptAt('a  b', 1, 3)).toEqual({ text: 'a··b', highlight: [1, 3] });
});

test('what surrounds a token is one line in which the token can be found, and no character is cut', () => {
  const units = fc.constantFrom('a', ' ', '\t', '\n', '\r', '😀', '\u0000', '\u202e', 'é', '…');
  fc.assert(
    fc.property(
      fc.array(units, { maxLength: 200 }),
      fc.nat(200),
      fc.nat(4),
      (before, at, length) => {
        const from = Math.min(at, before.length);
        const text = before.join('');
        const start = before.slice(0, from).join('').length;
        const end = before.slice(0, from + length).join('').length;
        const { text: line, highlight } = excerptAt(text, start, end);
        expect(line).not.toMatch(/[\r\n\t\u0000\u202e]/);
        expect(line).not.toMatch(/\p{Cs}/u);
        const token = line.slice(highlight[0], highlight[1]);
        const raw = text.slice(start, end);
        expect(token.replaceAll('·', ' ')).toBe(
          (raw.trim() === '' ? raw : raw.replace(/^ +/, ''))
            .replaceAll(/\r\n|\r|\n/g, '⏎')
            .replaceAll('\t', '⇥')
            .replaceAll(/[\u0000\u202e]/g, '�'),
        );
        expect(line.length).toBeLessThan(20 + 30 + 2 * 4 + 4);
      },
    ),
  );
});

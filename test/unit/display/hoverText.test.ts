import { describe, expect, test } from 'vitest';
import {
  activationText,
  bar,
  codeInCell,
  codeSpan,
  featureLabel,
  percent,
  visibleToken,
} from '../../../src/host/display/features/featureText.ts';
import { hoverCommands, hoverMarkdown } from '../../../src/host/display/features/hoverText.ts';
import type { HoverToken } from '../../../src/host/display/features/hoverToken.ts';
import type { TokenFacts } from '../../../src/host/display/tokens/tokenFacts.ts';
import { neuronsOfBlock } from '../../../src/shared/saePlace.ts';
import { brief, details, facts, firstDetails, here, likely, token } from './hoverFacts.ts';

/** What a link's command gets, by the text of the link. */
function argsOf(markdown: string, text: string): unknown {
  const start = markdown.indexOf(`[${text}](command:`);
  const [, args = ''] = /^[^)]*?\?([^) ]*) "/.exec(markdown.slice(start)) ?? [];
  return JSON.parse(decodeURIComponent(args));
}

const rowsOf = (markdown: string): readonly string[] =>
  markdown.split('\n').filter((line) => line.startsWith('| ![]'));

const [reading] = token.readings;
if (reading === undefined) throw new Error('no reading');

const predicted: HoverToken = {
  ...token,
  loss: Math.log(8),
  prediction: {
    rank: 3,
    ids: Uint32Array.of(3, 42, 9),
    probabilities: Float32Array.of(0.5, 0.125, 0.1),
  },
};

describe('a token with its features', () => {
  test('its place, its bytes, and bars, shares, labels, densities and links of its features', () => {
    const markdown = hoverMarkdown([token], facts);
    expect(markdown.split('\n')[0]).toBe('`·dragon` token 7, id 42, bytes `20 64 72 61 67 6F 6E`');
    const [row = '', second = '', ...others] = rowsOf(markdown);
    expect(others).toEqual([]);
    expect(row).toContain(`\`${bar(0.5, 8)}\` 4.00 | 80% | \`dragon, dragons\` | 1.2% |`);
    expect(second).toContain(`\`${bar(1 / 8, 8)}\` 1.00 | 20% |`);
    expect(argsOf(row, '#5')).toEqual([5, '/s']);
    expect(argsOf(row, 'pin')).toEqual([5, '/s']);
    expect(argsOf(row, 'steer')).toEqual([5, '/s', 19]);
    expect(argsOf(row, 'ablate')).toEqual([5, '/s', 12, 'file:///a.txt']);
    expect(argsOf(markdown, 'share')).toEqual(['features.topK']);
    expect(markdown).toContain('Of the summed activation of the 3 strongest features');
  });

  test('a pinned one can be unpinned', () => {
    const pinned = { ...facts, isPinned: ({ feature }: { feature: number }) => feature === 9 };
    const [first = '', second = ''] = rowsOf(hoverMarkdown([token], pinned));
    expect(first).toContain('[pin](command:monosem.pinFeature?');
    expect(second).toContain('[unpin](command:monosem.unpinFeature?');
  });

  test('several SAEs: the painted one first, each under its name, shares of its own', () => {
    const second = {
      ...{ sae: '/t', topK: 1 },
      features: Uint32Array.of(3),
      activations: Float32Array.of(2),
    };
    const labels = new Map([
      ['/s', 'blocks.1.hook_resid_post'],
      ['/t', 'blocks.2.`mlp\n'],
    ]);
    const both = { ...token, readings: [reading, second] };
    const markdown = hoverMarkdown([both], { ...facts, labels, painted: '/t' });
    const headings = markdown.split('\n').filter((line) => line.startsWith('**'));
    expect(headings).toEqual(['**``blocks.2.`mlp``** · painted', '**`blocks.1.hook_resid_post`**']);
    const rows = rowsOf(markdown);
    expect(rows.map((row) => /#\d+/.exec(row)?.[0])).toEqual(['#3', '#5', '#9']);
    expect(rows[0]).toContain('| 100% |');
    expect(argsOf(markdown, '#3')).toEqual([3, '/t']);
  });

  test('a folder with parentheses does not end a link', () => {
    const readings = [{ ...reading, sae: '/a (b)/c)' }];
    const markdown = hoverMarkdown([{ ...token, readings }], facts);
    expect(argsOf(markdown, '#5')).toEqual([5, '/a (b)/c)']);
  });

  test('without a feature store bars compare with the strongest feature, and nothing is claimed', () => {
    const unknown = { ...facts, brief: () => undefined };
    const [row = ''] = rowsOf(hoverMarkdown([token], unknown));
    expect(row).toContain(`\`${bar(1, 8)}\` 4.00 | 80% |  |  |`);
    expect(row.split('|')).toHaveLength(9);
  });

  test('without features it says so', () => {
    const silent = { ...token, readings: [{ ...reading, activations: new Float32Array(3) }] };
    expect(hoverMarkdown([silent], facts)).toContain('No feature is active on this token.');
  });

  test('what the filters leave out is counted, and leads to the settings', () => {
    const one = hoverMarkdown([token], { ...facts, shows: ({ feature }) => feature === 9 });
    expect(rowsOf(one)).toHaveLength(1);
    // The share is still that of everything kept.
    expect(rowsOf(one)[0]).toContain('| 20% |');
    expect(argsOf(one, '1 feature is left out by your filters')).toEqual(['features']);
    const none = hoverMarkdown([token], { ...facts, showsOn: (id) => id !== 42 });
    expect(rowsOf(none)).toEqual([]);
    expect(none).toContain(
      '[2 features are left out by your filters](command:monosem.openSettings',
    );
  });
});

describe('the neurons of a layer', () => {
  const sae = neuronsOfBlock(3);
  const neurons = { ...token, readings: [{ ...reading, sae }] };

  test('are called so, and their links do what they do for features', () => {
    const markdown = hoverMarkdown([neurons], facts);
    expect(markdown).toContain('|  | neuron | activation |');
    expect(markdown).toContain('Of the summed activation of the 3 strongest neurons');
    for (const title of [
      'Show what this neuron responds to',
      'Keep this neuron, with a colour of its own',
      'Steer with this neuron',
      'Take this neuron out of this token',
    ]) {
      expect(markdown).toContain(`"${title}`);
    }
    expect(argsOf(markdown, '#5')).toEqual([5, sae]);
    const pinned = hoverMarkdown([neurons], { ...facts, isPinned: () => true });
    expect(pinned).toContain('"Keep this neuron no longer"');
  });

  test('are neurons also where none is active or shown', () => {
    const silent = { ...token, readings: [{ ...reading, sae, activations: new Float32Array(3) }] };
    expect(hoverMarkdown([silent], facts)).toContain('No neuron is active on this token.');
    const hidden = hoverMarkdown([neurons], { ...facts, shows: ({ feature }) => feature === 9 });
    expect(hidden).toContain('[1 neuron is left out by your filters]');
  });

  test('beside an SAE the words go by whose they are', () => {
    const both = { ...token, readings: [...neurons.readings, reading] };
    const markdown = hoverMarkdown([both], { ...facts, showsOn: () => false });
    expect(markdown).toContain('No other neuron is active on this token.');
    expect(markdown).toContain('No other feature is active on this token.');
    expect(markdown).toContain('[4 features are left out by your filters]');
  });
});

describe('what the model expected', () => {
  test('an analysis with predictions: loss, probability, rank and the likeliest tokens', () => {
    const texts = new Map([
      [42, ' dragon'],
      [3, ' cat'],
    ]);
    const lines = hoverMarkdown([predicted], { ...facts, tokenText: (id) => texts.get(id) }).split(
      '\n',
    );
    expect(lines[2]).toBe('**Loss** 2.08 nats (3.00 bits), probability 13%, rank 3');
    expect(lines[4]).toBe('**Expected here** `·cat` 50% · **`·dragon` 13%** · `id 9` 10%');
  });

  test('details that were computed: the same, and the logit lens layer by layer', () => {
    const markdown = hoverMarkdown([{ ...token, details }], facts);
    expect(markdown).toContain('**Loss** 0.69 nats (1.00 bits), probability 50%, rank 1');
    expect(markdown).toContain('| 0 | ``·\\|`cat`` | 13% | 31 |\n| 1 | `·dragon` | 50% | 1 |');
    expect(argsOf(markdown, 'details')).toEqual([12, 'file:///a.txt']);
  });

  test('details of another place or token are not its own', () => {
    for (const other of [
      { ...token, start: 11 },
      { ...token, id: 43 },
    ]) {
      const markdown = hoverMarkdown([{ ...other, details }], facts);
      expect(markdown).not.toContain('Loss');
      expect(markdown).not.toContain('| 0 |');
    }
  });

  test('what was not computed has a link', () => {
    const markdown = hoverMarkdown([token], facts);
    expect(markdown).not.toContain('Expected');
    expect(argsOf(markdown, 'loss, predictions and logit lens')).toEqual([12, 'file:///a.txt']);
    expect(argsOf(markdown, 'similar tokens')).toEqual([12, 'file:///a.txt']);
    expect(hoverMarkdown([predicted], facts)).not.toContain('[loss, predictions');
  });

  test('a first token that nothing precedes claims nothing', () => {
    const markdown = hoverMarkdown([{ ...token, details: firstDetails }], facts);
    expect(markdown).not.toMatch(/Loss|Expected here|\| layer/);
  });
});

test('tokens that share a character are all shown, up to four, with one line of links', () => {
  const markdown = hoverMarkdown([token, token], facts);
  expect(markdown.split('\n---\n')).toHaveLength(2);
  expect(markdown.split('[similar tokens]')).toHaveLength(2);
  const six = hoverMarkdown(Array<HoverToken>(6).fill(token), facts);
  expect(six.split('\n---\n')).toHaveLength(4);
  expect(six).toContain('and 2 more tokens of this character');
});

test('however many features are kept, a hover is short enough for VS Code', () => {
  const features = Uint32Array.from({ length: 32 }, (_, n) => 16_000 + n);
  const activations = Float32Array.from({ length: 32 }, (_, n) => 40 - n);
  const readings = ['/s', '/t', '/u'].map((sae) => ({
    sae: `${sae}/${'folder/'.repeat(8)}`,
    topK: 32,
    features,
    activations,
  }));
  const one = hoverMarkdown([{ ...token, readings: readings.slice(1) }], facts);
  expect(rowsOf(one)).toHaveLength(64);
  const four = hoverMarkdown(Array<HoverToken>(4).fill({ ...token, readings }), facts);
  expect(rowsOf(four)).toHaveLength(60);
  expect(four.split('and 27 weaker ones')).toHaveLength(13);
  expect(four.length).toBeLessThan(100_000);
});

test('every link runs a command that hovers may run', () => {
  const markdown = hoverMarkdown([{ ...predicted, details }], {
    ...facts,
    shows: ({ feature }) => feature === 5,
  });
  const linked = [...markdown.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command);
  expect(new Set(linked).size).toBeGreaterThan(6);
  for (const command of linked) expect(hoverCommands).toContain(command);
});

test('text of a file, a model and a folder stays text', () => {
  const evil = '`|[x](command:workbench.action.quit)<img src=x>\n# h';
  const lens = { layers: [likely([1, evil, 1])], ranks: Uint32Array.of(1) };
  const evilToken = {
    ...predicted,
    text: evil,
    uri: `untitled:${evil}`,
    details: { ...details, here: { ...here, lens } },
  };
  const evilFacts: TokenFacts = {
    ...facts,
    tokenText: () => evil,
    labels: new Map([['/s', evil]]),
    brief: (_, feature) => ({ ...brief(feature), peakTokens: [evil, '``'] }),
  };
  const markdown = hoverMarkdown([evilToken], evilFacts);
  const plain = hoverMarkdown([{ ...evilToken, text: 'a', uri: 'file:///a' }], facts);
  const outsideCode = markdown.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  expect(outsideCode).not.toContain('command:workbench');
  expect(outsideCode).not.toContain('<img');
  expect(markdown.split('\n')).toHaveLength(plain.split('\n').length);
});

test.each([
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['a|b', '`a|b`'],
  ['', '`  `'],
])('a code span shows exactly its text: %j', (text, expected) => {
  expect(codeSpan(text)).toBe(expected);
});

test('in a cell of a table a bar does not end the cell', () => {
  expect(codeInCell('a|`|')).toBe('``a\\|`\\|``');
});

test('white space and control characters are visible', () => {
  expect(visibleToken(' a\t\r\n\n\u0000\u202e')).toBe('·a⇥⏎⏎��');
});

test('bars have a constant width and grow by eighths', () => {
  expect(bar(0, 4)).toBe('\u2007'.repeat(4));
  expect(bar(1, 4)).toBe('████');
  expect(bar(0.5 / 4, 4).startsWith('▌')).toBe(true);
  for (const share of [-1, 0.01, 0.33, 0.99, 2, Number.NaN]) expect(bar(share, 4)).toHaveLength(4);
});

test('numbers and labels', () => {
  expect([0, 0.00001, 0.000123, 0.0456, 1].map(percent)).toEqual([
    '0%',
    '0.001%',
    '0.012%',
    '4.6%',
    '100%',
  ]);
  expect([0.01234, 3, 123.4].map(activationText)).toEqual(['0.012', '3.00', '123']);
  expect(featureLabel(undefined)).toBe('');
  expect(featureLabel({ ...brief(1), peakTokens: [' ', ' a', 'a', 'b', 'c', 'd'] })).toBe(
    'a, b, c',
  );
});

test('where an ablation map is shown, the loss with the feature and without it', () => {
  const ablation = { feature: 57, baseline: 2, ablated: 2.5 };
  expect(hoverMarkdown([{ ...token, ablation }], facts)).toContain(
    '**Loss without #57** 2.00 → 2.50 nats (+0.50 nats)',
  );
  expect(hoverMarkdown([token], facts)).not.toContain('Loss without');
});

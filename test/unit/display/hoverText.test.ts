import { expect, test } from 'vitest';
import {
  activationText,
  bar,
  codeSpan,
  featureLabel,
  percent,
  visibleToken,
} from '../../../src/host/display/features/featureText.ts';
import { hoverMarkdown } from '../../../src/host/display/features/hoverText.ts';
import type { FeatureBrief } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const brief = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.0123,
  maxActivation: 8,
  peakTokens: [' dragon', 'dragon', ' dragons'],
});

const token = {
  text: ' dragon',
  id: 42,
  index: 7,
  end: 19,
  readings: [
    { sae: '/s', features: Uint32Array.of(5, 9, 0), activations: Float32Array.of(4, 1, 0) },
  ],
};
const facts = { brief: (_: string, feature: number) => brief(feature), labels: new Map() };

test('a token with its features: bars, labels, densities, links', () => {
  const lines = hoverMarkdown([token], facts).split('\n');
  expect(lines[0]).toBe('`·dragon` token 7, id 42');
  expect(lines).toHaveLength(6);
  const row = lines[4] ?? '';
  expect(row).toContain('[#5](command:monosem.openFeature?%5B5%2C%22%2Fs%22%5D "');
  expect(row).toContain('[steer](command:monosem.steerSelection?%5B5%2C%22%2Fs%22%2C19%5D "');
  expect(row).toContain(`\`${bar(0.5, 8)}\` 4.00`);
  expect(row).toContain('`dragon, dragons`');
  expect(row).toContain('1.2%');
  expect(lines[5]).toContain(bar(1 / 8, 8));
});

test('several SAEs: the painted one first, each under its name', () => {
  const second = { sae: '/t', features: Uint32Array.of(3), activations: Float32Array.of(2) };
  const labels = new Map([
    ['/s', 'blocks.1.hook_resid_post'],
    ['/t', 'blocks.2.`mlp\n'],
  ]);
  const both = { ...token, readings: [...token.readings, second] };
  const markdown = hoverMarkdown([both], { ...facts, labels, painted: '/t' });
  const headings = markdown.split('\n').filter((line) => line.startsWith('**'));
  expect(headings).toEqual(['**``blocks.2.`mlp``** · painted', '**`blocks.1.hook_resid_post`**']);
  expect(markdown.indexOf('[#3]')).toBeLessThan(markdown.indexOf('[#5]'));
  expect(markdown).toContain(`?${encodeURIComponent('[3,"/t"]')} "`);
});

test('a folder with parentheses does not end a link', () => {
  const [reading] = token.readings;
  if (reading === undefined) throw new Error('no reading');
  const readings = [{ ...reading, sae: '/a (b)/c)' }];
  const row = hoverMarkdown([{ ...token, readings }], facts).split('\n')[4] ?? '';
  const [, target = ''] =
    /\[#5\]\(command:monosem\.openFeature\?([^) ]*) "[^"]*"\)/.exec(row) ?? [];
  expect(JSON.parse(decodeURIComponent(target))).toEqual([5, '/a (b)/c)']);
});

test('without a feature store bars compare with the strongest feature, and nothing is claimed', () => {
  const row = hoverMarkdown([token], { ...facts, brief: () => undefined }).split('\n')[4] ?? '';
  expect(row).toContain(bar(1, 8));
  expect(row).not.toContain('%  ');
  expect(row.split('|')).toHaveLength(8);
});

test('a token without features says so; tokens that share a character are all shown', () => {
  const readings = token.readings.map((each) => ({ ...each, activations: new Float32Array(3) }));
  const silent = { ...token, readings };
  expect(hoverMarkdown([silent], facts)).toContain('No feature is active');
  expect(hoverMarkdown([token, silent], facts)).toContain('\n---\n');
});

test('text of a file stays text', () => {
  const evil = '`|[x](command:workbench.action.quit)<img src=x>\n# h';
  const markdown = hoverMarkdown([{ ...token, text: evil }], {
    ...facts,
    brief: (_, feature) => ({ ...brief(feature), peakTokens: [evil, '``'] }),
  });
  const outsideCode = markdown.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  expect(outsideCode).not.toContain('workbench.action.quit');
  expect(outsideCode).not.toContain('<img');
  expect(markdown.split('\n')).toHaveLength(6);
});

test.each([
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['a|b', '`a\\|b`'],
  ['', '`  `'],
])('a code span shows exactly its text: %j', (text, expected) => {
  expect(codeSpan(text)).toBe(expected);
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
    '<0.01%',
    '0.012%',
    '4.6%',
    '100%',
  ]);
  expect([0.01234, 3, 123.4].map(activationText)).toEqual(['0.0123', '3.00', '123']);
  expect(featureLabel(undefined)).toBe('');
  expect(featureLabel({ ...brief(1), peakTokens: [' ', ' a', 'a', 'b', 'c', 'd'] })).toBe(
    'a, b, c',
  );
});

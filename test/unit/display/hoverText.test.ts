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
  features: Uint32Array.of(5, 9, 0),
  activations: Float32Array.of(4, 1, 0),
};

test('a token with its features: bars, labels, densities, links', () => {
  const lines = hoverMarkdown([token], brief).split('\n');
  expect(lines[0]).toBe('`·dragon` token 7, id 42');
  expect(lines).toHaveLength(6);
  const row = lines[4] ?? '';
  expect(row).toContain('[#5](command:monosem.openFeature?%5B5%5D "');
  expect(row).toContain('[steer](command:monosem.steerSelection?%5B5%2C19%5D "');
  expect(row).toContain(`\`${bar(0.5, 8)}\` 4.00`);
  expect(row).toContain('`dragon, dragons`');
  expect(row).toContain('1.2%');
  expect(lines[5]).toContain(bar(1 / 8, 8));
});

test('without a feature store bars compare with the strongest feature, and nothing is claimed', () => {
  const row = hoverMarkdown([token], () => undefined).split('\n')[4] ?? '';
  expect(row).toContain(bar(1, 8));
  expect(row).not.toContain('%  ');
  expect(row.split('|')).toHaveLength(8);
});

test('a token without features says so; tokens that share a character are all shown', () => {
  const silent = { ...token, activations: new Float32Array(3) };
  expect(hoverMarkdown([silent], brief)).toContain('No feature is active');
  expect(hoverMarkdown([token, silent], brief)).toContain('\n---\n');
});

test('text of a file stays text', () => {
  const evil = '`|[x](command:workbench.action.quit)<img src=x>\n# h';
  const markdown = hoverMarkdown([{ ...token, text: evil }], (feature) => ({
    ...brief(feature),
    peakTokens: [evil, '``'],
  }));
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

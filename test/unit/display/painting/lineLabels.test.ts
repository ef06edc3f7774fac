import { expect, test } from 'vitest';
import { hasLineLabels, lineLabels } from '../../../../src/host/display/painting/lineLabels.ts';
import { strongestOfOne } from '../../../../src/host/display/painting/strongest.ts';
import { surprises } from '../../../../src/host/display/painting/tokensAlone.ts';
import { viewKinds } from '../../../../src/host/view/view.ts';
import { oneSae } from '../../host/batches.ts';
import { factsOf, rowsOf } from './paintings.ts';

const text = 'Once upon\r\na time\n\nthe end';
const rows = rowsOf([
  [0, 4, 7, 1],
  [4, 9, 8, 4],
  [9, 12, 7, 10],
  [12, 17, 5, 2],
  [19, 22, 6, 0],
  [22, 26, 9, 1],
]);
const facts = factsOf(text, { maximum: () => 10 });
const stretches = strongestOfOne(rows, oneSae, facts);

test('every line with a painted feature is named behind its end by the strongest', () => {
  const labels = lineLabels(stretches, facts, ({ feature }) => (feature === 8 ? 'upon, on' : ''));
  expect(labels).toEqual([
    { at: 9, text: '#8 upon, on' },
    { at: 17, text: '#7' },
    { at: 26, text: '#9' },
  ]);
});

test('in a part of a document ends of lines are where they are', () => {
  const part = { text: text.slice(11), textStart: 11 };
  const within = stretches.filter(({ start }) => start >= 11);
  expect(lineLabels(within, part, () => '').map(({ at }) => at)).toEqual([17, 26]);
});

test('names are one short line, whatever a model put into them', () => {
  const [label] = lineLabels(stretches, facts, () => `a\nb\u202Ec${'😀'.repeat(80)}`);
  expect(label?.text).toMatch(/^#8 a b�c😀+…$/u);
  expect(Array.from(label?.text ?? '')).toHaveLength(60);
});

test('views whose colours stand for features have names, others have none', () => {
  const named = viewKinds.filter((kind) =>
    hasLineLabels(
      kind === 'neurons'
        ? { kind, block: 0 }
        : kind === 'feature' || kind === 'ablation'
          ? { kind, feature: { sae: oneSae, feature: 1 as never } }
          : { kind },
    ),
  );
  expect(named).toEqual(['top', 'merged', 'feature', 'pinned', 'neurons']);
  expect(lineLabels(surprises(rows, facts), facts, () => 'x')).toEqual([]);
});

import { expect, test } from 'vitest';
import {
  type History,
  beginHistory,
  changed,
  redone,
  undone,
} from '../../../../webview/steer/draft/history.ts';

function of(...changes: readonly (readonly [value: number, what: string, at: number])[]) {
  return changes.reduce<History<number>>(
    (history, [value, what, at]) => changed(history, value, { what, at }),
    beginHistory(0),
  );
}

test('changes are undone and redone one by one', () => {
  const history = of([1, 'a', 0], [2, 'b', 1]);
  expect(undone(history).present).toBe(1);
  expect(undone(undone(history)).present).toBe(0);
  expect(redone(undone(history)).present).toBe(2);
  expect(undone(beginHistory(0)).present).toBe(0);
  expect(redone(history)).toBe(history);
});

test('the way of a slider is one step, unless it pauses', () => {
  expect(undone(of([1, 'a', 0], [2, 'a', 500], [3, 'a', 900])).present).toBe(0);
  expect(undone(of([1, 'a', 0], [2, 'a', 5000])).present).toBe(1);
});

test('a change behind an undone one is a step of its own, and ends what could be redone', () => {
  const back = undone(of([1, 'a', 0], [2, 'b', 1]));
  const other = changed(back, 3, { what: 'b', at: 2 });
  expect(redone(other)).toBe(other);
  expect(undone(other).present).toBe(1);
});

test('the past is bounded', () => {
  const long = of(...Array.from({ length: 500 }, (_, n) => [n, String(n), n] as const));
  expect(long.past).toHaveLength(200);
});

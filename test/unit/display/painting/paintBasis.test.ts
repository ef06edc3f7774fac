import { expect, test } from 'vitest';
import { isAnythingNew, linesToKeep } from '../../../../src/host/display/painting/paintBasis.ts';
import type { PaintBasis } from '../../../../src/host/display/painting/paintBasis.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import { letters } from '../../host/batches.ts';

const lines = (firstLine: number, lastLine: number) => ({ firstLine, lastLine });

const table = new TokenTable();
table.insert(letters(0, 0, 10, 1), 1);
table.insert(letters(10, 10, 10, 2), 1);

const painted: PaintBasis = {
  version: 1,
  lines: lines(10, 50),
  rows: table.rowsBetween(0, 20),
  key: 'top',
};
/** Looked at again: the same tokens in other objects. */
const same = { ...painted, rows: table.rowsBetween(0, 20) };
const seen = { visible: lines(20, 30), isTyping: false };
const typing = { ...seen, isTyping: true };

test('where nothing is painted everything is new', () => {
  expect(isAnythingNew(undefined, same, seen)).toBe(true);
  expect(isAnythingNew(undefined, same, typing)).toBe(true);
});

test('the same tokens, text and facts are nothing new', () => {
  expect(isAnythingNew(painted, same, seen)).toBe(false);
});

test('tokens that came, went, moved or were cut are new', () => {
  for (const rows of [
    painted.rows.slice(1),
    table.rowsBetween(0, 19),
    table.rowsBetween(1, 20),
    painted.rows.map((each) => ({ ...each, shift: each.shift + 1 })),
    painted.rows.map((each) => ({ ...each, batch: { ...each.batch } })),
  ]) {
    expect(isAnythingNew(painted, { ...painted, rows }, seen)).toBe(true);
  }
});

test('another view, setting or pin is new, also while somebody types', () => {
  expect(isAnythingNew(painted, { ...same, key: 'merged' }, seen)).toBe(true);
  expect(isAnythingNew(painted, { ...same, key: 'merged' }, typing)).toBe(true);
});

test('an edit is nothing new until something is known of the new text', () => {
  const edited = { ...painted, version: 2, rows: table.rowsBetween(0, 19) };
  expect(isAnythingNew(painted, edited, typing)).toBe(false);
  expect(isAnythingNew(painted, edited, seen)).toBe(true);
});

test('what the edit touched is sent again, even where the tokens are the same', () => {
  expect(isAnythingNew(painted, { ...same, version: 2 }, seen)).toBe(true);
});

test('scrolling is new behind what is painted, also while somebody types', () => {
  for (const isTyping of [false, true]) {
    expect(isAnythingNew(painted, same, { visible: lines(10, 50), isTyping })).toBe(false);
    expect(isAnythingNew(painted, same, { visible: lines(9, 40), isTyping })).toBe(true);
    expect(isAnythingNew(painted, same, { visible: lines(40, 51), isTyping })).toBe(true);
  }
});

test('lines stay chosen while they hold what is visible, and an edit has them chosen anew', () => {
  expect(linesToKeep(painted, 1, lines(10, 30))).toEqual(lines(10, 50));
  expect(linesToKeep(painted, 1, lines(40, 51))).toBeUndefined();
  expect(linesToKeep(painted, 2, lines(10, 30))).toBeUndefined();
  expect(linesToKeep(undefined, 1, lines(10, 30))).toBeUndefined();
});

import { expect, test } from 'vitest';
import {
  extentOf,
  linesAround,
  wholeText,
} from '../../../../src/host/display/painting/linesToPaint.ts';
import type { Lines } from '../../../../src/host/display/painting/linesToPaint.ts';

/** Lines that all have the same length, their breaks included. */
function linesOf(count: number, length: number): Lines {
  return {
    count,
    startOf: (line) => Math.min(line, count) * length,
    at: (offset) => Math.min(count - 1, Math.floor(offset / length)),
  };
}

const range = (firstLine: number, lastLine: number) => ({ firstLine, lastLine });

test('painted are 200 lines on either side of what is visible, as far as there are any', () => {
  const lines = linesOf(1000, 50);
  expect(linesAround(range(500, 540), lines)).toEqual(range(300, 740));
  expect(linesAround(range(10, 50), lines)).toEqual(range(0, 250));
  expect(linesAround(range(960, 999), lines)).toEqual(range(760, 999));
  expect(linesAround(range(0, 0), linesOf(1, 1))).toEqual(range(0, 0));
});

test('fewer of long lines, and never less than what is visible', () => {
  expect(linesAround(range(500, 540), linesOf(1000, 1000))).toEqual(range(450, 591));
  expect(linesAround(range(1, 2), linesOf(4, 1_000_000))).toEqual(range(0, 3));
});

test('of lines too long for anybody to see as a whole the beginning is painted', () => {
  const lines = linesOf(3, 1_000_000);
  expect(extentOf(range(0, 2), range(1, 1), lines)).toEqual({
    lines: range(0, 2),
    start: 900_000,
    end: 1_100_000,
    isCut: true,
  });
  expect(extentOf(range(0, 9), range(3, 5), linesOf(10, 50))).toEqual({
    lines: range(0, 9),
    start: 0,
    end: 500,
    isCut: false,
  });
});

test('a whole text has all its lines', () => {
  const whole = { lines: range(0, 9), start: 0, end: 500, isCut: false };
  expect(wholeText(linesOf(10, 50))).toEqual(whole);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWindows, type Window } from '../../../src/engine/analysis/windows.ts';

const lineStartsEvery = (n: number) => (token: number) => token % n === 0;
const key = (ids: Uint32Array, w: Window): string => ids.subarray(w.start, w.end).join();

describe('planWindows', () => {
  it('reports every token exactly once, in order, within the capacity', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { maxLength: 600 }),
        fc.integer({ min: 4, max: 300 }),
        (tokens, capacity) => {
          const windows = planWindows(Uint32Array.from(tokens), lineStartsEvery(7), capacity);
          let next = 0;
          for (const w of windows) {
            expect(w.from).toBe(next);
            expect(w.start).toBeLessThanOrEqual(w.from);
            expect(w.end).toBeGreaterThan(w.from);
            expect(w.end - w.start).toBeLessThanOrEqual(capacity);
            if (w.start > 0) expect(w.from - w.start).toBeGreaterThanOrEqual(capacity / 4);
            next = w.end;
          }
          expect(next).toBe(tokens.length);
        },
      ),
    );
  });

  it('starts windows at lines where there are lines', () => {
    const ids = Uint32Array.from({ length: 2000 }, (_, i) => (i * 2654435761) % 997);
    for (const w of planWindows(ids, lineStartsEvery(10), 256)) expect(w.start % 10).toBe(0);
  });

  it('finds the same windows again behind an edit', () => {
    const ids = Uint32Array.from({ length: 4000 }, (_, i) => (i * 2654435761) % 9973);
    const newline = (token: number): boolean => ids[token] !== undefined && ids[token] % 11 === 0;
    const before = planWindows(ids, newline, 256);
    const edited = Uint32Array.from([...ids.subarray(0, 600), 5, 6, 7, ...ids.subarray(600)]);
    const newlineEdited = (token: number): boolean => (edited[token] ?? 1) % 11 === 0;
    const known = new Set(before.map((w) => key(ids, w)));
    const after = planWindows(edited, newlineEdited, 256);
    const kept = after.filter((w) => known.has(key(edited, w))).length;
    // Before the edit all are kept; behind it the plan must fall into step again.
    expect(kept / after.length).toBeGreaterThan(0.6);
  });
});

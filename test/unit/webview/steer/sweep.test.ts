import { expect, test } from 'vitest';
import type { SweepResult } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { FromSteerView, SteerRequest } from '../../../../src/shared/webviewProtocol.ts';
import { type DraftEdit, noEdit } from '../../../../webview/steer/draft/edit/draftEdit.ts';
import { linePath, plotScale, roundUp } from '../../../../webview/steer/sweep/plotScale.ts';
import {
  amountsOf,
  defaultRange,
  rangeProblem,
} from '../../../../webview/steer/sweep/sweepRange.ts';
import { Sweeper, restoreOpenSweep } from '../../../../webview/steer/sweep/sweeper.ts';
import { settings } from './runs.ts';

const ref = { sae: '/s', feature: featureIndex(7) };
const other = { sae: '/t', feature: featureIndex(7) };
const add: DraftEdit = { ...noEdit(ref), operation: 'add', unit: 'max', amount: 2 };
const found = (amount: number) =>
  ({
    ...{ amount, kl: 1, klBehindPrompt: 1, perplexity: 2, repetition: 0 },
    continuation: { text: ' a', tokens: [], end: 'length' },
  }) as const;
const result: SweepResult = { baseline: found(0), points: [found(-1), found(1)] };

test('a sweep goes as far as the slider, at evenly spaced strengths', () => {
  expect(defaultRange(add, 8)).toEqual({ from: -10, to: 10, points: 9 });
  expect(defaultRange({ ...add, operation: 'clamp' }, 8)).toEqual({ from: 0, to: 10, points: 9 });
  expect(defaultRange({ ...add, operation: 'scale' }, 8)).toEqual({ from: 0, to: 4, points: 9 });
  expect(amountsOf({ from: -10, to: 10, points: 9 })).toEqual([
    ...[-10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10],
  ]);
  expect(amountsOf({ from: 0.3, to: 0, points: 4 })).toEqual([0, 0.1, 0.2, 0.3]);
  expect(amountsOf({ from: 0, to: 1, points: 1000 })).toHaveLength(33);
  expect(amountsOf({ from: 0, to: 1, points: 0 })).toEqual([0, 1]);
});

test('a range of one strength is none', () => {
  expect(rangeProblem({ from: 0, to: 1, points: 2 })).toBeUndefined();
  expect(rangeProblem({ from: 3, to: 3, points: 2 })).toBe(
    'Both ends of the sweep are 3: choose another one for the end.',
  );
});

function sweeperOf(request: { current: SteerRequest }) {
  const posted: FromSteerView[] = [];
  const made = new Sweeper({
    request: () => request.current,
    post: (message) => posted.push(message),
    restored: undefined,
  });
  return { made, posted };
}

const requestAt = (amount: number): SteerRequest => ({
  ...{ prompt: 'Once', settings },
  edits: [
    { ...other, operation: 'ablate' },
    { ...ref, operation: 'add', amount, unit: 'max' },
  ],
});

test('a sweep is asked for, makes progress, is finished, and outdated by another prompt alone', () => {
  const request = { current: requestAt(2) };
  const { made, posted } = sweeperOf(request);
  made.show(add, 8);
  made.start();
  const [asked] = posted;
  expect(asked).toMatchObject({ kind: 'sweep', swept: 1, prompt: 'Once' });
  const sweep = asked?.kind === 'sweep' ? asked.sweep : NaN;
  made.receive({ kind: 'sweepProgress', sweep: sweep - 1, done: 9, of: 9 });
  made.receive({ kind: 'sweepProgress', sweep, done: 3, of: 9 });
  expect(made.open?.shown).toMatchObject({ phase: 'running', done: 3, of: 9 });
  made.receive({ kind: 'sweepFinished', sweep, result });
  expect(made.open?.shown).toMatchObject({ phase: 'finished', result });
  request.current = requestAt(7);
  expect(made.isOutdated).toBe(false);
  request.current = { ...requestAt(7), prompt: 'Twice' };
  expect(made.isOutdated).toBe(true);
  expect(restoreOpenSweep(JSON.parse(JSON.stringify(made.open)))).toEqual(made.open);
});

test('another unit has a range of its own, and what was chosen for this one stays', () => {
  const { made } = sweeperOf({ current: requestAt(2) });
  made.show(add, 8);
  made.setRange({ from: 0, to: 3, points: 4 });
  made.follow({ ...add, amount: 5 }, 8);
  expect(made.open?.range).toEqual({ from: 0, to: 3, points: 4 });
  made.follow({ ...add, unit: 'residual' }, 8);
  expect(made.open?.range).toEqual({ from: -2, to: 2, points: 9 });
  made.follow(noEdit(ref), 8);
  expect(made.open?.range.to).toBe(2);
});

test('closing stops what is running; another feature begins anew', () => {
  const { made, posted } = sweeperOf({ current: requestAt(2) });
  made.show(add, 8);
  made.start();
  made.show({ ...add, ...other }, 8);
  expect(posted.map(({ kind }) => kind)).toEqual(['sweep', 'stopSweep']);
  expect(made.open).toMatchObject({ target: other });
  expect(made.open?.shown).toBeUndefined();
  made.close();
  expect(made.open).toBeUndefined();
});

test('an edit along a direction is swept among those of features', () => {
  const calm = { name: 'calm', site: 'blocks.2.hook_resid_post' };
  const along: DraftEdit = { ...noEdit(calm), operation: 'add', amount: 2 };
  expect(defaultRange({ ...along, operation: 'cap' }, 12)).toEqual({
    from: -24,
    to: 24,
    points: 9,
  });
  const edits: SteerRequest['edits'] = [
    { ...ref, operation: 'ablate' },
    { ...calm, name: 'wild', operation: 'add', amount: 2 },
    { ...calm, operation: 'add', amount: 2 },
  ];
  const request = { current: { prompt: 'Once', settings, edits } };
  const { made, posted } = sweeperOf(request);
  made.show(along, 12);
  made.start();
  expect(posted).toMatchObject([
    { kind: 'sweep', swept: 2, amounts: [-4, -3, -2, -1, 0, 1, 2, 3, 4], edits },
  ]);
  request.current = {
    ...request.current,
    edits: [...edits.slice(0, 2), { ...calm, operation: 'add', amount: 3 }],
  };
  expect(made.isOutdated).toBe(false);
  const [, wild] = edits;
  request.current = { ...request.current, edits: wild === undefined ? [] : [wild] };
  expect(made.isOutdated).toBe(true);
  const [asked] = posted;
  const sweep = asked?.kind === 'sweep' ? asked.sweep : NaN;
  made.receive({ kind: 'sweepFinished', sweep, result });
  expect(restoreOpenSweep(JSON.parse(JSON.stringify(made.open)))).toEqual(made.open);
});

test('what was stored damaged is not restored', () => {
  expect(restoreOpenSweep(undefined)).toBeUndefined();
  expect(restoreOpenSweep({ target: ref })).toBeUndefined();
  const range = { from: 0, to: 1, points: 2 };
  const kind = { operation: 'add', unit: 'max' };
  const damaged = { target: ref, kind, range, shown: { phase: 'finished' } };
  expect(restoreOpenSweep(damaged)).toEqual({ target: ref, kind, range });
  expect(restoreOpenSweep({ target: { name: 'calm' }, kind, range })).toBeUndefined();
});

test('places in a plot', () => {
  const area = { left: 10, right: 110, top: 0, bottom: 50 };
  const scale = plotScale([-10, 0, 10], [0, 3.2, NaN, Infinity], area);
  expect(scale.most).toBe(5);
  expect([scale.x(-10), scale.x(0), scale.x(10)]).toEqual([10, 60, 110]);
  expect([scale.y(0), scale.y(5)]).toEqual([50, 0]);
  expect([0, 0.31, 1, 7, 2300].map(roundUp)).toEqual([1, 0.5, 1, 10, 5000]);
  expect(linePath([{ x: 0, y: 1 }, { x: 1 }, { x: 2, y: 3 }, { x: 3, y: 4 }])).toBe(
    'M0.0 1.0M2.0 3.0L3.0 4.0',
  );
});

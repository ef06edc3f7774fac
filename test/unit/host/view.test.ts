// Views: named from outside, chosen, tried out and remembered.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  featureOfView,
  isSameView,
  neuronsOfView,
  readView,
  viewKinds,
} from '../../../src/host/view/view.ts';
import type { View } from '../../../src/host/view/view.ts';
import {
  blockOfPlace,
  blockOfSite,
  hasBlock,
  isCheapPreview,
  namedView,
  ownSaes,
} from '../../../src/host/view/viewChoice.ts';
import { ViewInUse } from '../../../src/host/view/viewInUse.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const top: View = { kind: 'top' };
const boundaries: View = { kind: 'boundaries' };
const surprise: View = { kind: 'surprise' };
const feature: View = { kind: 'feature', feature: { sae: '/s', feature: featureIndex(7) } };
const neurons: View = { kind: 'neurons', block: 2 };
const place = 'neurons:blocks.2.mlp.hook_post';
const ofNeuron: View = { kind: 'feature', feature: { sae: place, feature: featureIndex(7) } };

function memory(kept: Record<string, unknown> = {}) {
  return {
    kept,
    get: (key: string): unknown => kept[key],
    update: (key: string, value: unknown): Promise<void> => {
      kept[key] = value;
      return Promise.resolve();
    },
  };
}

describe('a view that is named from outside', () => {
  test('is read with what it needs, or not at all', () => {
    expect(['top', 'surprise'].map(readView)).toEqual([top, surprise]);
    expect([feature, neurons].map(readView)).toEqual([feature, neurons]);
    const wrong = ['feature', 'neurons', 'heat', 7, null, { kind: 'feature', feature: 7 }];
    for (const value of [...wrong, { kind: 'neurons', block: -1 }, { kind: 'neurons', block: 1.5 }])
      expect(readView(value)).toBeUndefined();
  });

  test('leads to a question where only its kind is said', () => {
    expect(namedView('feature')).toEqual({ kind: 'feature' });
    expect(namedView({ kind: 'neurons', block: 'all' })).toEqual({ kind: 'neurons' });
    expect(namedView('top')).toEqual({ view: top });
    expect(namedView(feature)).toEqual({ view: feature });
    expect(namedView('heat')).toBe('unknown');
    // What menus pass along.
    for (const value of [undefined, null, { scheme: 'file' }, { kind: 'sae' }, [1]])
      expect(namedView(value)).toBeUndefined();
  });

  test('never breaks anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const view = readView(value);
        if (view !== undefined) expect(viewKinds).toContain(view.kind);
        namedView(value);
      }),
    );
  });

  test('has blocks the model has', () => {
    expect([0, 5, 6].map((block) => hasBlock(block, { layers: 6 }))).toEqual([true, true, false]);
    expect(hasBlock(99, undefined)).toBe(true);
    expect([place, '/s'].map(blockOfPlace)).toEqual([2, undefined]);
    expect(['blocks.12.hook_resid_post', 'hook_embed'].map(blockOfSite)).toEqual([12, undefined]);
  });
});

test('an ablation map is about one feature, and no occurrences of it', () => {
  const ref = { sae: '/s', feature: featureIndex(57) };
  const map = { kind: 'ablation', feature: ref } satisfies View;
  expect(readView(map)).toEqual(map);
  expect(readView('ablation')).toBeUndefined();
  expect(featureOfView(map)).toEqual(ref);
  expect(isSameView(map, { kind: 'feature', feature: ref })).toBe(false);
  expect(isSameView(map, { ...map })).toBe(true);
  expect(neuronsOfView({ ...map, feature: { ...ref, sae: place } })).toBe(place);
});

test('neurons are read where their layer is shown, or one of them', () => {
  expect([top, neurons, feature, ofNeuron].map(neuronsOfView)).toEqual([
    undefined,
    place,
    undefined,
    place,
  ]);
  expect(ownSaes(['/s', place], neurons)).toEqual(['/s']);
  expect(ownSaes(['/s', place], top)).toEqual(['/s', place]);
});

test('a preview is shown only where it needs no analysis', () => {
  const isCheap = (from: View, to: View, hasLosses = false): boolean =>
    isCheapPreview(from, to, hasLosses);
  expect(isCheap(top, boundaries)).toBe(true);
  expect(isCheap(feature, { kind: 'pinned' })).toBe(true);
  expect(isCheap(surprise, top)).toBe(true);
  expect(isCheap(top, surprise)).toBe(false);
  expect(isCheap(top, surprise, true)).toBe(true);
  expect(isCheap(top, { kind: 'pinned' })).toBe(false);
  for (const view of [neurons, ofNeuron, { kind: 'off' } as const]) {
    expect(isCheap(view, top)).toBe(false);
    expect(isCheap(top, view)).toBe(false);
  }
});

describe('the view in use', () => {
  const listeners = new DisposableStore();
  afterAll(() => {
    listeners.dispose();
  });
  const listening = (view: ViewInUse): readonly string[] => {
    const heard: string[] = [];
    listeners.add(view.onDidChange(({ kind }) => heard.push(kind)));
    return heard;
  };

  test('is remembered when it is chosen', async () => {
    const kept = memory();
    const view = new ViewInUse(kept, true);
    const heard = listening(view);
    expect(view.current).toEqual(top);
    await view.choose(feature);
    await view.choose(feature);
    expect(heard).toEqual(['feature']);
    expect(new ViewInUse(kept, true).current).toEqual(feature);
    expect(new ViewInUse(kept, false).current).toEqual({ kind: 'off' });
  });

  test('comes back after it was switched off', async () => {
    const view = new ViewInUse(memory(), true);
    await view.choose(boundaries);
    await view.toggle();
    expect(view.isOn).toBe(false);
    await view.toggle();
    expect(view.current).toEqual(boundaries);
  });

  test('is tried out without being remembered, and is back when that ends', async () => {
    const kept = memory();
    const view = new ViewInUse(kept, true);
    const heard = listening(view);
    view.preview(boundaries);
    view.preview(boundaries);
    expect(view.current).toEqual(boundaries);
    expect(kept.kept).toEqual({});
    view.preview();
    view.preview();
    expect(view.current).toEqual(top);
    expect(heard).toEqual(['boundaries', 'top']);
    view.preview(boundaries);
    await view.choose(boundaries);
    view.preview();
    expect(view.current).toEqual(boundaries);
    expect(heard).toEqual(['boundaries', 'top', 'boundaries']);
  });

  test('is another one where the feature or the layer is another one', () => {
    const other: View = { kind: 'feature', feature: { sae: '/s', feature: featureIndex(8) } };
    expect([isSameView(feature, { ...feature }), isSameView(feature, other)]).toEqual([
      true,
      false,
    ]);
    expect(isSameView(neurons, { kind: 'neurons', block: 3 })).toBe(false);
  });
});

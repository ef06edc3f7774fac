import { expect, test } from 'vitest';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { SteerViewState } from '../../../../src/shared/webviewProtocol.ts';
import { Arrangement } from '../../../../webview/steer/draft/arrangement.ts';
import { mergeSnapshot, withEdit } from '../../../../webview/steer/draft/draft.ts';
import { noEdit } from '../../../../webview/steer/draft/edit/draftEdit.ts';

const feature = (id: number): SteerViewState['features'][number] => ({
  sae: '/s',
  brief: { feature: featureIndex(id), density: 0.1, maxActivation: 2, peakTokens: [] },
  inStore: true,
  promptMax: 1,
});
const site = 'blocks.0.hook_resid_post';
const settings = { maxTokens: 10, temperature: 0, seed: 1 };
const state: SteerViewState = {
  ...{ kind: 'state', prompt: 'Once', modelName: 'm', settings, features: [feature(1)] },
  saes: [{ sae: '/s', name: 's', site, features: 8 }],
  ...{ isLive: false, hasChatTemplate: false, canInsert: true, canReplace: true },
  ...{ directions: [], streamSites: { names: [site], suggested: site } },
};
const edit = { sae: '/s', feature: featureIndex(2), operation: 'scale', amount: 3 } as const;
const preset: SteerViewState = {
  ...state,
  settings: { ...settings, seed: 9 },
  features: [{ ...feature(2), edit }, feature(1)],
  isChosen: true,
};

test('what was chosen elsewhere takes the place of what was arranged, and can be undone', () => {
  const arranged = new Arrangement(state, mergeSnapshot(undefined, state));
  const own = { ...edit, feature: featureIndex(1), operation: 'ablate' } as const;
  arranged.takeIn({ ...state, features: [{ ...feature(1), edit: own }], isChosen: true });
  const before = arranged.request;
  expect(before.edits).toHaveLength(1);
  expect(arranged.takeIn(preset)).toBe(true);
  expect(arranged.request).toEqual({ prompt: 'Once', edits: [edit], settings: preset.settings });
  arranged.undo();
  expect(arranged.request).toEqual(before);
  arranged.redo();
  expect(arranged.request.edits).toEqual([edit]);
});

test('with another prompt there is nothing to go back to', () => {
  const arranged = new Arrangement(state, mergeSnapshot(undefined, state));
  arranged.takeIn({ ...preset, prompt: 'Twice' });
  expect(arranged.request).toEqual({ prompt: 'Twice', edits: [edit], settings: preset.settings });
  expect(arranged.canUndo).toBe(false);
});

test('edits along directions that were chosen elsewhere are taken over, too, and stay chosen', () => {
  const calm = { name: 'calm', site, origin: { more: 'Peace.', less: 'War!' }, norm: 3 };
  const along = { name: 'calm', site, operation: 'add', amount: 2 } as const;
  const arranged = new Arrangement(state, mergeSnapshot(undefined, state));
  const chosen: SteerViewState = { ...preset, directions: [{ ...calm, edit: along }] };
  arranged.takeIn(chosen);
  expect(arranged.request.edits).toEqual([edit, along]);
  expect(arranged.state.directions).toEqual([calm]);
  arranged.takeIn({ ...state, directions: [calm] });
  expect(arranged.request.edits).toEqual([edit, along]);
  arranged.undo();
  expect(arranged.request.edits).toEqual([]);
});

test('a condition that is none stands in the way of a run', () => {
  const arranged = new Arrangement(state, mergeSnapshot(undefined, state));
  const ablate = {
    ...noEdit({ sae: '/s', feature: featureIndex(1) }),
    operation: 'ablate',
  } as const;
  const gated = (number: string) => ({ ...ablate, onlyWhile: { sae: '/s', number } });
  arranged.change(withEdit(arranged.draft, gated('8')), 'a');
  expect(arranged.obstacle).toBe('“8” is no feature of this SAE: write a number from 0 to 7.');
  arranged.change(withEdit(arranged.draft, gated('7')), 'a');
  expect(arranged.obstacle).toBeUndefined();
  expect(arranged.request.edits).toEqual([
    {
      ...{ sae: '/s', feature: 1, operation: 'ablate' },
      onlyWhile: { sae: '/s', feature: 7 },
    },
  ]);
});

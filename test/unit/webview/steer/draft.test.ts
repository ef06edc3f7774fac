import { expect, test } from 'vitest';
import type { FeatureEdit, FeatureRef } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { SteerFeature, SteerViewState } from '../../../../src/shared/webviewProtocol.ts';
import {
  type Draft,
  editOf,
  editsToRun,
  keepEdited,
  listedFeatures,
  mergeSnapshot,
  sent,
  withEdit,
  withFeature,
  withoutFeature,
} from '../../../../webview/steer/draft/draft.ts';
import { type DraftEdit, noEdit } from '../../../../webview/steer/draft/draftEdit.ts';
import { restoreDraft } from '../../../../webview/steer/draft/restoreDraft.ts';

const settings = { maxTokens: 60, temperature: 0, seed: 1 } as const;
const at = (feature: number, sae = '/s'): FeatureRef => ({ sae, feature: featureIndex(feature) });
const [one, two, three] = [at(1), at(2), at(3)];
const editing = (ref: FeatureRef, part: Partial<DraftEdit>): DraftEdit => ({
  ...noEdit(ref),
  ...part,
});

function offered(feature: number, edit?: FeatureEdit, sae = '/s'): SteerFeature {
  const id = featureIndex(feature);
  const brief = { feature: id, density: 0.01, maxActivation: 5, peakTokens: [] };
  return { sae, brief, inStore: true, promptMax: 1, ...(edit && { edit }) };
}

function snapshot(prompt: string, ...features: readonly SteerFeature[]): SteerViewState {
  const saes = [
    { sae: '/s', name: 's', site: 'blocks.0.hook_resid_post', features: 100 },
    { sae: '/t', name: 't', site: 'blocks.1.hook_resid_post', features: 100 },
  ];
  return {
    ...{ kind: 'state', prompt, modelName: 'm', saes, features, settings },
    ...{ isLive: true, hasChatTemplate: false, canInsert: true, canReplace: false },
  };
}

const first = snapshot('Once', offered(1), offered(2), offered(3));
const fresh = mergeSnapshot(undefined, first);
const idsOf = (draft: Draft, state: SteerViewState): number[] =>
  listedFeatures(draft, state).map(({ brief }) => brief.feature);

test('the first snapshot is taken as it is', () => {
  expect(fresh.prompt).toBe('Once');
  expect(editsToRun(fresh, first)).toEqual([]);
});

test('a snapshot of the known prompt keeps what the user did', () => {
  const touched = withEdit(
    { ...fresh, prompt: 'Once upon', settings: { ...settings, seed: 9 } },
    editing(two, { operation: 'add', amount: 4 }),
  );
  const merged = mergeSnapshot(touched, first);
  expect(merged.prompt).toBe('Once upon');
  expect(merged.settings.seed).toBe(9);
  expect(editsToRun(merged, first)).toEqual([{ ...two, operation: 'add', amount: 4 }]);
});

test('a snapshot of another prompt replaces everything', () => {
  const touched = withEdit(fresh, editing(two, { operation: 'ablate', amount: 0 }));
  const merged = mergeSnapshot(touched, snapshot('Another', offered(2)));
  expect(merged.prompt).toBe('Another');
  expect(merged.edits).toEqual([]);
});

test('typing on after a run is not undone by the snapshot that follows it', () => {
  const asked = sent({ ...fresh, prompt: 'Once upon' });
  const typedOn = { ...asked, prompt: 'Once upon a time' };
  expect(mergeSnapshot(typedOn, snapshot('Once upon')).prompt).toBe('Once upon a time');
});

test('edits of the host count until the user touches them', () => {
  const state = snapshot('Once', offered(1, { ...one, operation: 'clamp', amount: 3 }));
  expect(editsToRun(fresh, state)).toEqual([{ ...one, operation: 'clamp', amount: 3 }]);
  const cleared = withEdit(fresh, editing(one, { operation: 'none', amount: 0 }));
  expect(editsToRun(cleared, state)).toEqual([]);
});

test('features are taken off and put back in front', () => {
  const without = withoutFeature(
    withEdit(fresh, editing(three, { operation: 'ablate', amount: 0 })),
    three,
  );
  expect(idsOf(without, first)).toEqual([1, 2]);
  expect(editsToRun(without, first)).toEqual([]);
  expect(idsOf(withFeature(without, three), first)).toEqual([3, 1, 2]);
  const asked = snapshot('Once', offered(3, { ...three, operation: 'ablate' }));
  expect(idsOf(mergeSnapshot(without, asked), asked)).toEqual([3]);
});

test('an edited feature stays though the host no longer offers it', () => {
  const edited = withEdit(fresh, editing(two, { operation: 'scale', amount: 2 }));
  const next = keepEdited(edited, first, snapshot('Once', offered(9)));
  expect(idsOf(edited, next)).toEqual([2, 9]);
  const [kept] = next.features;
  expect(kept?.promptMax).toBe(0);
  expect(kept && editOf(edited, kept).operation).toBe('scale');
});

test('features of the same number in two SAEs are edited, added and removed apart', () => {
  const state = snapshot('Once', offered(1), offered(1, undefined, '/t'));
  const places = (draft: Draft): string[] => listedFeatures(draft, state).map(({ sae }) => sae);
  const edited = withEdit(fresh, editing(at(1, '/t'), { operation: 'ablate', amount: 0 }));
  expect(editsToRun(edited, state)).toEqual([{ ...at(1, '/t'), operation: 'ablate' }]);
  expect(places(withoutFeature(edited, one))).toEqual(['/t']);
  expect(places(withFeature(edited, at(1, '/t')))).toEqual(['/t', '/s']);
});

test('an edited feature goes with its SAE', () => {
  const edited = withEdit(fresh, editing(two, { operation: 'scale', amount: 2 }));
  const next = { ...snapshot('Once', offered(9, undefined, '/t')), saes: first.saes.slice(1) };
  expect(keepEdited(edited, first, next)).toBe(next);
});

test('a stored draft is restored only when it is whole', () => {
  const draft = withEdit(
    fresh,
    editing(two, { operation: 'add', amount: 2, unit: 'max', ranges: '4-', onlyWhile: three }),
  );
  expect(restoreDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
  expect(restoreDraft(undefined)).toBeUndefined();
  expect(restoreDraft({ ...fresh, edits: undefined })).toBeUndefined();
  expect(restoreDraft({ ...fresh, removed: [3] })).toBeUndefined();
  expect(restoreDraft({ ...fresh, settings: { ...settings, seed: null } })).toBeUndefined();
});

test('a draft of an older version has what it lacked, and its one scope on every edit', () => {
  const stored = {
    ...fresh,
    settings: { ...settings, scope: 'generated' },
    edits: [{ ...two, operation: 'add', amount: 4 }],
  };
  const restored = restoreDraft(stored);
  expect(restored?.settings).toEqual(settings);
  expect(restored?.edits).toEqual([
    editing(two, { operation: 'add', amount: 4, scope: 'generated' }),
  ]);
});

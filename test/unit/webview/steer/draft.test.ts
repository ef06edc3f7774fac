import { expect, test } from 'vitest';
import type {
  FeatureEdit,
  FeatureRef,
  NamedDirectionEdit,
} from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type {
  SteerDirection,
  SteerFeature,
  SteerViewState,
} from '../../../../src/shared/webviewProtocol.ts';
import {
  type Draft,
  mergeSnapshot,
  sent,
  withEdit,
  withFeature,
  withTarget,
  withoutTarget,
} from '../../../../webview/steer/draft/draft.ts';
import {
  type DraftEdit,
  type EditValues,
  noEdit,
} from '../../../../webview/steer/draft/edit/draftEdit.ts';
import {
  editOf,
  editsToRun,
  keepEdited,
  listedDirections,
  listedFeatures,
} from '../../../../webview/steer/draft/listed.ts';
import type { EditTarget } from '../../../../webview/steer/draft/edit/target.ts';
import { restoreDraft } from '../../../../webview/steer/draft/restoreDraft.ts';

const settings = { maxTokens: 60, temperature: 0, seed: 1 } as const;
const at = (feature: number, sae = '/s'): FeatureRef => ({ sae, feature: featureIndex(feature) });
const [one, two, three] = [at(1), at(2), at(3)];
const calm = { name: 'calm', site: 'blocks.2.hook_resid_post' };
const editing = (target: EditTarget, part: Partial<EditValues>): DraftEdit => ({
  ...noEdit(target),
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
    ...{ kind: 'state', prompt, modelName: 'm', saes, features, settings, directions: [] },
    streamSites: { names: [calm.site], suggested: calm.site },
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
  const without = withoutTarget(
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
  expect(places(withoutTarget(edited, one))).toEqual(['/t']);
  expect(places(withFeature(edited, at(1, '/t')))).toEqual(['/t', '/s']);
});

function direction(name: string, edit?: NamedDirectionEdit): SteerDirection {
  const origin = { more: 'Peace.', less: 'War!' };
  return { name, site: calm.site, origin, norm: 3, ...(edit && { edit }) };
}

const withDirections = (...directions: readonly SteerDirection[]): SteerViewState => ({
  ...snapshot('Once', offered(1), offered(2)),
  directions,
});
const namesOf = (draft: Draft, state: SteerViewState): string[] =>
  listedDirections(draft, state).map(({ name }) => name);

test('edits along directions are done after those of features, in the order of the lists', () => {
  const state = withDirections(direction('wild'), direction('calm'));
  const add = { ...calm, operation: 'add', amount: 2 } as const;
  let draft = withEdit(fresh, editing(calm, { operation: 'add', amount: 2 }));
  expect(editsToRun(draft, state)).toEqual([add]);
  draft = withEdit(draft, editing({ ...calm, name: 'wild' }, { operation: 'project' }));
  draft = withEdit(draft, editing(two, { operation: 'ablate' }));
  expect(editsToRun(draft, state)).toEqual([
    { ...two, operation: 'ablate' },
    { ...calm, name: 'wild', operation: 'project', amount: 0 },
    add,
  ]);
  expect(editsToRun(draft, withDirections())).toEqual([{ ...two, operation: 'ablate' }]);
});

test('edits along directions that the host has made count until the user touches them', () => {
  const cap = { ...calm, operation: 'cap', amount: 3 } as const;
  const state = withDirections(direction('calm', cap));
  expect(editsToRun(fresh, state)).toEqual([cap]);
  const touched = withEdit(fresh, editing(calm, { operation: 'cap', amount: 1 }));
  expect(editsToRun(mergeSnapshot(touched, state), state)).toEqual([{ ...cap, amount: 1 }]);
  expect(mergeSnapshot(touched, { ...state, prompt: 'Another' }).edits).toEqual([]);
});

test('a direction is taken off with its edit, and comes back when it is made or edited again', () => {
  const state = withDirections(direction('calm'), direction('wild'));
  const edited = withEdit(fresh, editing(calm, { operation: 'add', amount: 2 }));
  const without = withoutTarget(edited, { ...direction('calm') });
  expect(namesOf(without, state)).toEqual(['wild']);
  expect(without.removed).toEqual([calm]);
  expect(editsToRun(without, state)).toEqual([]);
  expect(namesOf(withTarget(without, calm), state)).toEqual(['calm', 'wild']);
  const asked = withDirections(direction('calm', { ...calm, operation: 'cap', amount: 1 }));
  expect(namesOf(mergeSnapshot(without, asked), asked)).toEqual(['calm']);
});

test('a direction of the same name elsewhere is another one', () => {
  const elsewhere = { ...direction('calm'), site: 'blocks.4.hook_resid_post' };
  const edited = withEdit(fresh, editing(calm, { operation: 'add', amount: 2 }));
  expect(editsToRun(edited, withDirections(elsewhere))).toEqual([]);
});

test('an edited feature goes with its SAE', () => {
  const edited = withEdit(fresh, editing(two, { operation: 'scale', amount: 2 }));
  const next = { ...snapshot('Once', offered(9, undefined, '/t')), saes: first.saes.slice(1) };
  expect(keepEdited(edited, first, next)).toBe(next);
});

test('a stored draft is restored only when it is whole', () => {
  const gate = { sae: '/t', number: '40x' };
  const draft = withEdit(
    fresh,
    editing(two, { operation: 'add', amount: 2, unit: 'max', ranges: '4-', onlyWhile: gate }),
  );
  expect(restoreDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
  const along = withEdit(
    withoutTarget(draft, { ...calm, name: 'wild' }),
    editing(calm, { operation: 'cap', amount: 2, unit: 'residual', onlyWhile: gate }),
  );
  expect(restoreDraft(JSON.parse(JSON.stringify(along)))).toEqual(along);
  expect(restoreDraft(undefined)).toBeUndefined();
  expect(restoreDraft({ ...fresh, edits: undefined })).toBeUndefined();
  expect(restoreDraft({ ...fresh, removed: [3] })).toBeUndefined();
  expect(restoreDraft({ ...fresh, settings: { ...settings, seed: null } })).toBeUndefined();
});

test('of a stored edit what cannot be is left out', () => {
  const stored = {
    ...fresh,
    edits: [{ ...calm, operation: 'ablate', unit: 'max', amount: 1, onlyWhile: { sae: '/s' } }],
  };
  expect(restoreDraft(stored)?.edits).toEqual([editing(calm, { amount: 1 })]);
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

import { expect, test } from 'vitest';
import { readSteerViewMessage } from '../../../src/host/views/steerMessages.ts';
import { readFeatureViewMessage } from '../../../src/host/views/viewMessages.ts';

const settings = { maxTokens: 20, temperature: 0.5, seed: 3 };
const run = {
  kind: 'run',
  run: 7,
  prompt: 'Once',
  edits: [
    { sae: '/s', feature: 1, operation: 'ablate' },
    { sae: '/t', feature: 2, operation: 'clamp', amount: -3.5 },
  ],
  settings,
};

const sweep = {
  ...{ kind: 'sweep', sweep: 3, swept: 1, amounts: [-1, 0, 1] },
  ...{ prompt: run.prompt, edits: run.edits, settings },
};
const judged = {
  ...{ kind: 'measureLikelihood', measurement: 4, continuation: ' upon a time\n' },
  ...{ prompt: run.prompt, edits: run.edits },
};
const ref = { sae: '/s', feature: 1 };
const full = [
  { ...ref, operation: 'add', amount: 2, unit: 'residual', onlyActive: true },
  { ...ref, operation: 'clamp', amount: 2, unit: 'max', dropsError: true },
  { ...ref, operation: 'project', amount: 0, onlyWhile: { sae: '/t', feature: 2 } },
  { ...ref, operation: 'cap', amount: 3, positions: { scope: 'prompt', skipSpecial: true } },
  { ...ref, operation: 'ablate', positions: { ranges: [{ from: 4, to: 10 }, { from: 12 }] } },
];

const along = { name: 'calm', site: 'blocks.2.hook_resid_post' };
const alongDirections = [
  { ...along, operation: 'add', amount: -2 },
  { ...along, operation: 'add', amount: 0.3, unit: 'residual', positions: { scope: 'generated' } },
  { ...along, operation: 'add', amount: 1, unit: 'direction', onlyWhile: ref },
  { ...along, operation: 'project', amount: 0 },
  { ...along, operation: 'cap', amount: 4 },
];

test.each([
  { kind: 'ready' },
  { kind: 'openFeature', feature: 0 },
  { kind: 'openFeature', sae: '/s', feature: 0 },
  { kind: 'steerFeature', sae: '/s', feature: 4095 },
])('a well-formed message of the feature view passes: %j', (message) => {
  expect(readFeatureViewMessage(message)).toEqual(message);
});

test.each([
  { kind: 'ready' },
  { kind: 'stop' },
  run,
  { ...run, edits: full },
  { ...run, edits: [...alongDirections, ...full] },
  { kind: 'makeDirection', site: along.site, more: 'calm', less: '' },
  { kind: 'takeSelection', as: 'less' },
  { kind: 'openDirectionFile', site: along.site },
  {
    ...run,
    settings: {
      ...{ ...settings, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1 },
      ...{ frequencyPenalty: 0.5, presencePenalty: -0.5, samples: 4, stop: ['\n'], chat: true },
    },
  },
  { kind: 'addFeature', sae: '/s', feature: 5 },
  { kind: 'openFeature', sae: '/t', feature: 5 },
  {
    ...run,
    continuing: [
      { baseline: { tokens: [1], end: 'length' }, steered: { tokens: [], end: 'stop' } },
    ],
  },
  { kind: 'setLive', isLive: true },
  { kind: 'stopSweep' },
  { kind: 'stopLikelihood' },
  judged,
  { ...judged, edits: full, chat: true },
  { kind: 'findFeature' },
  sweep,
  { kind: 'replace', text: ' upon' },
  { kind: 'diff', prompt: 'Once', baseline: ' upon', steered: '' },
  { kind: 'insert', text: '' },
  { kind: 'compare', prompt: 'Once', baseline: ' upon', steered: '' },
])('a well-formed message of the steering view passes: %j', (message) => {
  expect(readSteerViewMessage(message)).toEqual(message);
});

test('fields nobody asked for do not get through', () => {
  expect(readSteerViewMessage({ ...run, command: 'x', settings: { ...settings, y: 1 } })).toEqual(
    run,
  );
});

test.each([
  undefined,
  null,
  'ready',
  [],
  {},
  { kind: 'unknown' },
  { kind: '__proto__' },
  { kind: 'openFeature' },
  { kind: 'openFeature', feature: '5' },
  { kind: 'openFeature', feature: -1 },
  { kind: 'openFeature', feature: 1.5 },
  { kind: 'openFeature', feature: Number.NaN },
  { kind: 'openFeature', feature: 5, sae: 5 },
  { kind: 'openFeature', feature: 5, sae: '' },
  { kind: 'openFeature', feature: 5, sae: 'x'.repeat(40_000) },
  { kind: 'steerFeature', feature: 5 },
  { kind: 'addFeature', feature: 5 },
  { kind: 'insert', text: 5 },
  { kind: 'setLive' },
  { ...sweep, swept: 2 },
  { ...sweep, amounts: [] },
  { ...sweep, amounts: [Infinity] },
  { ...sweep, sweep: 'first' },
  { ...judged, measurement: 0.5 },
  { ...judged, continuation: '' },
  { ...judged, continuation: ['a'] },
  { ...judged, continuation: 'x'.repeat(1_000_001) },
  { ...judged, prompt: undefined },
  { ...judged, edits: [{ ...ref, operation: 'delete' }] },
  { ...judged, chat: 'yes' },
  { ...run, run: undefined },
  { ...run, continuing: [{ baseline: { tokens: [1], end: 'length' } }] },
  {
    ...run,
    continuing: [{ baseline: { tokens: [-1], end: 'stop' }, steered: { tokens: [], end: 'stop' } }],
  },
  { kind: 'compare', prompt: 'Once', baseline: ' upon' },
  { kind: 'compare', prompt: 'Once', baseline: ' upon', steered: 'x'.repeat(1_000_001) },
  { ...run, prompt: undefined },
  { ...run, edits: 'all' },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'delete' }] },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'scale' }] },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'scale', amount: Infinity }] },
  { ...run, edits: [{ feature: 1, operation: 'ablate' }] },
  { ...run, edits: Array.from({ length: 1000 }, () => run.edits[0]) },
  { ...run, edits: [{ ...ref, operation: 'clamp', amount: 2, unit: 'residual' }] },
  { ...run, edits: [{ ...ref, operation: 'ablate', onlyActive: 'yes' }] },
  { ...run, edits: [{ ...ref, operation: 'ablate', onlyWhile: { feature: 2 } }] },
  { ...run, edits: [{ ...ref, operation: 'ablate', positions: { scope: 'some' } }] },
  { ...run, edits: [{ ...ref, operation: 'ablate', positions: { ranges: [{ from: 4, to: 4 }] } }] },
  ...[
    { name: 'a b' },
    { name: '' },
    { name: 'a'.repeat(65) },
    { name: 3 },
    { site: 'a/b' },
    { site: undefined },
    { operation: 'ablate' },
    { operation: 'clamp' },
    { unit: 'max' },
    { amount: Number.NaN },
    { onlyActive: true },
    { dropsError: true },
  ].map((wrong) => ({ ...run, edits: [{ ...along, operation: 'add', amount: 1, ...wrong }] })),
  { kind: 'makeDirection', more: 'calm', less: '' },
  { kind: 'makeDirection', site: along.site, more: 'calm' },
  { kind: 'makeDirection', site: 'a'.repeat(201), more: 'a', less: 'b' },
  { kind: 'makeDirection', site: along.site, more: 'a', less: 'x'.repeat(1_000_001) },
  { kind: 'takeSelection' },
  { kind: 'takeSelection', as: 'both' },
  { kind: 'openDirectionFile' },
  { ...run, settings: { ...settings, topK: 1.5 } },
  { ...run, settings: { ...settings, topP: 1.5 } },
  { ...run, settings: { ...settings, samples: 9 } },
  { ...run, settings: { ...settings, stop: [''] } },
  { ...run, settings: { ...settings, chat: 1 } },
  { ...run, settings: { ...settings, maxTokens: 0 } },
  { ...run, settings: { ...settings, maxTokens: 2.5 } },
  { ...run, settings: { ...settings, temperature: -1 } },
  { ...run, settings: { ...settings, seed: Number.NaN } },
])('everything else is refused as a whole: %j', (message) => {
  expect(readSteerViewMessage(message)).toBeUndefined();
  expect(readFeatureViewMessage(message)).toBeUndefined();
});

import { expect, test } from 'vitest';
import {
  readFeatureViewMessage,
  readSteerViewMessage,
} from '../../../src/host/views/viewMessages.ts';

const settings = { scope: 'all', maxTokens: 20, temperature: 0.5, seed: 3 };
const run = {
  kind: 'run',
  prompt: 'Once',
  edits: [
    { sae: '/s', feature: 1, operation: 'ablate' },
    { sae: '/t', feature: 2, operation: 'clamp', amount: -3.5 },
  ],
  settings,
};

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
  { kind: 'addFeature', sae: '/s', feature: 5 },
  { kind: 'openFeature', sae: '/t', feature: 5 },
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
  { kind: 'compare', prompt: 'Once', baseline: ' upon' },
  { kind: 'compare', prompt: 'Once', baseline: ' upon', steered: 'x'.repeat(1_000_001) },
  { ...run, prompt: undefined },
  { ...run, edits: 'all' },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'delete' }] },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'scale' }] },
  { ...run, edits: [{ sae: '/s', feature: 1, operation: 'scale', amount: Infinity }] },
  { ...run, edits: [{ feature: 1, operation: 'ablate' }] },
  { ...run, edits: Array.from({ length: 1000 }, () => run.edits[0]) },
  { ...run, settings: { ...settings, scope: 'some' } },
  { ...run, settings: { ...settings, maxTokens: 0 } },
  { ...run, settings: { ...settings, maxTokens: 2.5 } },
  { ...run, settings: { ...settings, temperature: -1 } },
  { ...run, settings: { ...settings, seed: Number.NaN } },
])('everything else is refused as a whole: %j', (message) => {
  expect(readSteerViewMessage(message)).toBeUndefined();
  expect(readFeatureViewMessage(message)).toBeUndefined();
});

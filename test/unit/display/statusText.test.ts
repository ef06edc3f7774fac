import { expect, test } from 'vitest';
import { statusText } from '../../../src/host/display/statusText.ts';
import { viewWords } from '../../../src/host/display/viewText.ts';
import type { ModelPlace } from '../../../src/host/source/modelInUse.ts';
import { viewKinds } from '../../../src/host/view/view.ts';
import type { View } from '../../../src/host/view/view.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const running = { view: { kind: 'top' }, engine: 'running' } as const;
const ready = { kind: 'ready', tokens: 1234 } as const;
const place: ModelPlace = {
  name: 'stories15M',
  variant: 'onnx/model.onnx',
  provider: 'cpu',
  reason: 'WebGPU found no adapter, so the processor runs it.',
};

test('how the analysis is doing', () => {
  const reason = new MonosemError('tooLarge', 'The file has 900 KB.');
  expect(statusText({ ...running, analysis: { kind: 'analysing', done: 0.456 } }).text).toBe(
    '$(loading~spin) Monosem 45%',
  );
  expect(statusText({ ...running, analysis: ready })).toEqual({
    text: '$(eye) Monosem',
    tooltip: 'Monosem: Features of 1,234 tokens are shown.\nClick for actions.',
    severity: 'ok',
  });
  const skipped = statusText({ ...running, analysis: { kind: 'skipped', reason } });
  expect(skipped).toMatchObject({ severity: 'ok', text: '$(circle-slash) Monosem' });
  expect(skipped.tooltip).toContain(reason.message);
  expect(statusText({ ...running, analysis: { kind: 'failed', reason } }).severity).toBe('error');
  expect(statusText({ ...running, engine: 'givenUp', analysis: undefined }).severity).toBe('error');
  expect(statusText({ ...running, view: { kind: 'off' }, analysis: undefined }).tooltip).toContain(
    'hidden',
  );
});

test('the tooltip says what runs where, and why not elsewhere', () => {
  const { text, tooltip } = statusText({ ...running, analysis: ready, place });
  expect(text).toBe('$(eye) Monosem');
  expect(tooltip.split('\n')).toEqual([
    'Monosem: Features of 1,234 tokens are shown.',
    'stories15M · onnx/model.onnx · CPU',
    'WebGPU found no adapter, so the processor runs it.',
    'Click for actions.',
  ]);
});

test('what is waited for is said', () => {
  const waiting = { kind: 'waiting' } as const;
  const tooltip = (facts: Partial<Parameters<typeof statusText>[0]>): string =>
    statusText({ ...running, analysis: waiting, ...facts }).tooltip;
  expect(tooltip({ engine: 'starting' })).toContain('The engine is starting.');
  expect(tooltip({})).toContain('The model is being opened.');
  expect(tooltip({ place })).toContain('The model is reading the file.');
});

test('an analysis that was stopped says so, and how it goes on', () => {
  const status = statusText({ ...running, analysis: { kind: 'stopped' }, place });
  expect(status).toMatchObject({
    text: '$(debug-pause) Monosem · stopped',
    severity: 'ok',
    action: 'resumeAnalysis',
  });
  expect(status.tooltip).toContain(
    'It goes on when you resume it, edit the text or choose a view.',
  );
});

test('an accelerator is named in the text, unless something else is to be said', () => {
  const fast = { ...place, provider: 'webgpu' };
  expect(statusText({ ...running, analysis: ready, place: fast }).text).toBe(
    '$(eye) Monosem · WebGPU',
  );
  expect(
    statusText({ ...running, analysis: { kind: 'analysing', done: 0.5 }, place: fast }).text,
  ).toBe('$(loading~spin) Monosem 50%');
});

test('a model without SAE is no failure, and what helps comes first', () => {
  const reason = new MonosemError('noSae', 'No sparse autoencoder is chosen for gpt2.');
  const status = statusText({ ...running, analysis: { kind: 'skipped', reason }, place });
  expect(status).toMatchObject({
    text: '$(circle-slash) Monosem · no SAE',
    severity: 'ok',
    action: 'chooseSaes',
  });
  expect(status.tooltip).toContain(reason.message);
  expect(status.tooltip).toContain('stories15M · onnx/model.onnx · CPU');
});

test('names of models stay on their line', () => {
  const strange = { ...place, name: 'a\nb\u202Ec' };
  const { tooltip } = statusText({ ...running, analysis: ready, place: strange });
  expect(tooltip.split('\n')).toHaveLength(4);
  expect(tooltip).toContain('a b�c');
});

test('where several SAEs are active, the painted one is named', () => {
  const painted = 'blocks.2.hook_resid_post';
  const fast = { ...place, provider: 'webgpu' };
  const { text, tooltip } = statusText({ ...running, analysis: ready, place: fast, painted });
  expect(text).toBe('$(eye) Monosem · blocks.2.hook_resid_post · WebGPU');
  expect(tooltip).toContain('Painted are the features at blocks.2.hook_resid_post.');
  expect(statusText({ ...running, analysis: undefined, painted: 'a\nb' }).text).toContain('· a b');
});

test('an SAE that does not fit is a warning, unless something failed or is going on', () => {
  const warnings = ['FVU 2.1 at a; 0.1 at b: the config names the wrong site.'];
  const status = statusText({ ...running, analysis: ready, place, warnings });
  expect(status).toMatchObject({
    text: '$(warning) Monosem',
    severity: 'warning',
    action: 'showDiagnostics',
  });
  expect(status.tooltip.split('\n').slice(0, 2)).toEqual([
    'Monosem: Features of 1,234 tokens are shown.',
    warnings[0],
  ]);
  const reason = new MonosemError('fileMissing', 'There is no model.');
  const failed = statusText({ ...running, analysis: { kind: 'failed', reason }, warnings });
  expect(failed.severity).toBe('error');
  const busy = statusText({ ...running, analysis: { kind: 'analysing', done: 0.5 }, warnings });
  expect(busy).toMatchObject({ severity: 'ok', text: '$(loading~spin) Monosem 50%' });
});

test('a view that is not the usual one is named, also in a sentence', () => {
  const feature = { sae: '/s', feature: featureIndex(1351) };
  const views: readonly View[] = [
    { kind: 'feature', feature },
    { kind: 'neurons', block: 2 },
    { kind: 'surprise' },
    { kind: 'merged' },
  ];
  const said = views.map((view) => statusText({ ...running, view, analysis: ready }));
  expect(said.map(({ text }) => text)).toEqual([
    '$(eye) Monosem · #1351',
    '$(eye) Monosem · neurons of block 2',
    '$(eye) Monosem · surprise',
    '$(eye) Monosem · all SAEs',
  ]);
  expect(said[0]?.tooltip.split('\n')[1]).toBe('Painted is feature 1351, wherever it is active.');
});

test('every view can be offered: a title, a line about it and a codicon', () => {
  const words = viewKinds.map(viewWords);
  expect(new Set(words.map(({ title }) => title)).size).toBe(viewKinds.length);
  for (const { description, icon } of words) {
    expect(description.length).toBeGreaterThan(20);
    expect(icon).toMatch(/^\$\([a-z-]+\)$/);
  }
});

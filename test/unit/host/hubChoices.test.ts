// The lists of “Add Model…”, “Add SAE…” and “Remove Download…”, and what may be typed into them.
import { describe, expect, test } from 'vitest';
import {
  knownModelIn,
  missingModel,
  modelChoices,
  saeChoices,
  typedChoice,
  typedModelChoice,
} from '../../../src/host/hub/choices.ts';
import type { Known } from '../../../src/host/hub/choices.ts';
import { removalChoices, saeOfferChoices, variantChoices } from '../../../src/host/hub/offers.ts';
import { readRepo } from '../../../src/host/hub/repoName.ts';
import type { Download } from '../../../src/shared/hubProtocol.ts';

const gpt2: Download = {
  id: 'Xenova/gpt2',
  kind: 'model',
  repo: 'Xenova/gpt2',
  place: '/cache/models/Xenova/gpt2',
  bytes: 250_000_000,
  variant: 'onnx/decoder_model.onnx',
};
const resJb: Download = {
  id: 'jbloom/saes/blocks.7',
  kind: 'sae',
  repo: 'jbloom/saes',
  place: '/cache/saes/jbloom/saes/blocks.7',
  bytes: 151_000_000,
  model: 'openai-community/gpt2',
};
const known: Known = {
  catalogue: {
    models: [
      { id: 'gemma', name: 'Gemma', original: 'google/gemma' },
      { id: 'gpt2', name: 'GPT-2', original: 'openai-community/gpt2', onnx: 'Xenova/gpt2' },
    ],
    saes: [
      { id: 'scope', name: 'Scope', model: 'gemma', repo: 'google/scope', path: 'layer_12' },
      {
        ...{ id: 'jb', name: 'res-jb', model: 'gpt2', repo: 'jbloom/saes', path: 'blocks.7' },
        ...{ site: 'blocks.7.hook_resid_pre', features: 24_576, bytes: 151_000_000 },
      },
    ],
  },
  downloads: [gpt2, resJb],
};

test('models: downloaded ones first, then the well-known ones with their SAEs', () => {
  const [there, gemma, marked, ...others] = modelChoices(known);
  expect(others).toEqual([]);
  expect(there).toEqual({
    section: 'downloaded',
    label: 'Xenova/gpt2',
    description: 'downloaded · onnx/decoder_model.onnx · 250 MB',
    wanted: { repo: 'Xenova/gpt2', isDownloaded: true, variant: 'onnx/decoder_model.onnx' },
  });
  expect(gemma).toMatchObject({ description: 'no ONNX export known', detail: 'SAEs: Scope' });
  expect(gemma?.wanted).toMatch(/^No ONNX export of Gemma is known: .*google\/gemma.*\.$/);
  expect(marked).toMatchObject({
    label: 'GPT-2',
    description: 'Xenova/gpt2 · downloaded',
    wanted: { repo: 'Xenova/gpt2' },
  });
});

test('SAEs: downloaded ones first, then those of the open model, by model', () => {
  const all = saeChoices(known, 'gpt2');
  expect(all.map(({ section, label }) => [section, label])).toEqual([
    ['downloaded', 'jbloom/saes/blocks.7'],
    ['GPT-2, the open model', 'res-jb'],
    ['Gemma', 'Scope'],
  ]);
  expect(all[0]?.wanted).toEqual({
    ...{ repo: 'jbloom/saes', path: 'blocks.7', model: 'openai-community/gpt2' },
    ...{ isDownloaded: true, isExact: true },
  });
  expect(all[1]).toMatchObject({
    description: 'blocks.7.hook_resid_pre · 24,576 features · 151 MB · downloaded',
    detail: 'jbloom/saes/blocks.7',
    wanted: { path: 'blocks.7', isExact: true },
  });
  expect(saeChoices(known, undefined).map(({ section }) => section)).toEqual([
    'downloaded',
    'Gemma',
    'GPT-2',
  ]);
});

test('the open model is known by its download, or by what its folder is called', () => {
  expect(knownModelIn(gpt2.place, known)).toBe('gpt2');
  expect(knownModelIn('C:\\models\\GPT2', known)).toBe('gpt2');
  expect(knownModelIn('/somewhere/gemma', known)).toBe('gemma');
  expect(knownModelIn('/somewhere/else', known)).toBeUndefined();
  const renamed = { ...gpt2, repo: 'me/other', place: '/somewhere/gemma' };
  expect(knownModelIn('/somewhere/gemma', { ...known, downloads: [renamed] })).toBeUndefined();
});

test('the model an SAE reads is missing unless it is the open one', () => {
  expect(missingModel(resJb, gpt2.place, known)).toBeUndefined();
  expect(missingModel(resJb, '/somewhere/gemma', known)?.id).toBe('gpt2');
  expect(
    missingModel({ ...resJb, model: 'lab/unknown' }, '/somewhere/gemma', known),
  ).toBeUndefined();
});

describe('what is typed', () => {
  test.each([
    ['owner/name', { repo: 'owner/name' }],
    ['  owner/name.v2-x_y ', { repo: 'owner/name.v2-x_y' }],
    ['https://huggingface.co/owner/name', { repo: 'owner/name' }],
    ['https://huggingface.co/owner/name/', { repo: 'owner/name' }],
    [
      'https://huggingface.co/owner/name/tree/main/layer_7/width%2016k?x=1',
      { repo: 'owner/name', path: 'layer_7/width 16k' },
    ],
    ['https://mirror.example/owner/name/discussions/3', { repo: 'owner/name' }],
  ])('%s is a repository', (text, repo) => {
    expect(readRepo(text)).toEqual(repo);
  });

  test.each([
    ['owner/', 'has no name'],
    ['owner', 'has no name'],
    ['owner/name/path', 'more than two parts'],
    ['../name', 'characters'],
    ['owner/na me', 'characters'],
    ['owner/a..b', 'characters'],
    ['https://huggingface.co/owner', 'has no name'],
  ])('%s is none, and why', (text, why) => {
    expect(() => readRepo(text)).toThrow(why);
    expect(() => readRepo(text)).toThrow(/; a repository is owner\/name, e\.g\. [^;]+\.$/);
  });

  test('a word filters, a repository is offered, and what is none says why', () => {
    expect(typedChoice('gpt', 'hub')).toBeUndefined();
    expect(typedChoice('lab/saes', 'hub')).toMatchObject({
      label: 'lab/saes',
      description: 'look on hub',
      wanted: { repo: 'lab/saes' },
    });
    const wrong = typedChoice('lab/sa es', 'hub');
    expect(wrong?.wanted).toBe(wrong?.detail);
    expect(wrong?.detail).toContain('characters');
  });

  test('the address of an .onnx file names the variant', () => {
    const address = 'https://huggingface.co/lab/model/blob/main/onnx/model_q4.onnx';
    expect(typedModelChoice(address, 'hub')?.wanted).toEqual({
      repo: 'lab/model',
      variant: 'onnx/model_q4.onnx',
    });
    expect(typedModelChoice('https://x.example/lab/model/tree/main/onnx', 'x')?.wanted).toEqual({
      repo: 'lab/model',
    });
    expect(typedModelChoice('lab/', 'hub')?.wanted).toContain('no name');
    expect(typedModelChoice('lab', 'hub')).toBeUndefined();
  });
});

const commit = 'c'.repeat(40);

test('variants are listed with words and sizes, the first one recommended', () => {
  const variants = [
    { variant: 'onnx/model.onnx', description: 'full precision', bytes: 500_000_000 },
    { variant: 'onnx/model_q4.onnx', description: '4-bit', bytes: 125_000_000 },
  ];
  const offer = { repo: 'lab/model', commit, missing: [], variants };
  const choices = variantChoices(offer, { repo: 'lab/model' });
  expect(choices.map(({ description }) => description)).toEqual([
    'recommended: full precision · 500 MB',
    '4-bit · 125 MB',
  ]);
  expect(choices[1]?.wanted).toEqual({ repo: 'lab/model', variant: 'onnx/model_q4.onnx' });
});

test('the SAEs of a repository by block, those of a folder alone where one is named', () => {
  const offer = {
    ...{ repo: 'lab/saes', commit },
    saes: [
      { path: 'a/x', layer: 7, site: 'blocks.7.hook_resid_pre', bytes: 1000 },
      { path: 'ab', bytes: 2000 },
    ],
  };
  expect(saeOfferChoices(offer, { repo: 'lab/saes' })).toEqual([
    {
      ...{ section: 'block 7', label: 'a/x', wanted: { repo: 'lab/saes', path: 'a/x' } },
      description: 'blocks.7.hook_resid_pre · 1 KB',
    },
    { section: '', label: 'ab', description: '2 KB', wanted: { repo: 'lab/saes', path: 'ab' } },
  ]);
  expect(saeOfferChoices(offer, { repo: 'lab/saes', path: 'a' }).map(({ label }) => label)).toEqual(
    ['a/x'],
  );
  const whole = { ...offer, saes: [{ path: '', bytes: 5 }] };
  expect(saeOfferChoices(whole, { repo: 'lab/saes' })[0]).toMatchObject({
    label: 'lab/saes',
    wanted: { repo: 'lab/saes', path: '' },
  });
});

test('what can be removed: by kind, the largest first, what is in use marked', () => {
  const small = { ...resJb, id: 'lab/small', bytes: 5, place: '/cache/saes/lab/small' };
  const choices = removalChoices([small, resJb, gpt2], [resJb.place]);
  expect(choices.map(({ section, label, description }) => [section, label, description])).toEqual([
    ['models', 'Xenova/gpt2', '250 MB · onnx/decoder_model.onnx'],
    ['sparse autoencoders', 'jbloom/saes/blocks.7', '151 MB · openai-community/gpt2 · in use'],
    ['sparse autoencoders', 'lab/small', '5 bytes · openai-community/gpt2'],
  ]);
});

test('names from a hub are shown as one plain line', () => {
  const offer = { repo: 'a/b', commit, saes: [{ path: 'x\n\u202Ey', bytes: 1 }] };
  expect(saeOfferChoices(offer, { repo: 'lab/saes' })[0]?.label).toBe('x �y');
});

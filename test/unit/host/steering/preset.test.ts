// Presets as text: what is written reads as the same, and what anybody may have written is refused with one sentence.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { makePreset, writePreset, type Preset } from '../../../../src/host/steering/preset.ts';
import { placeEdits } from '../../../../src/host/steering/presetSaes.ts';
import { readPreset } from '../../../../src/host/steering/readPreset.ts';
import type { NamedEdit, SaeIdentity } from '../../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../../src/shared/errors.ts';
import { featureIndex } from '../../../../src/shared/units.ts';

const site = 'blocks.2.hook_resid_post';
const neuronSite = 'blocks.1.mlp.hook_post';
const active: readonly SaeIdentity[] = [
  { sae: '/here/unused', name: 'unused', site, sha256: 'a'.repeat(64) },
  { sae: '/here/used', name: 'used', site, sha256: 'b'.repeat(64) },
  { sae: `neurons:${neuronSite}`, name: 'MLP neurons of block 1', site: neuronSite },
];
const edits: readonly NamedEdit[] = [
  { sae: '/here/used', feature: featureIndex(12), operation: 'clamp', amount: 3, unit: 'max' },
  {
    ...{ sae: `neurons:${neuronSite}`, feature: featureIndex(7), operation: 'ablate' },
    onlyWhile: { sae: '/here/used', feature: featureIndex(40) },
  },
  { ...{ site, name: 'calm', operation: 'add', amount: 2 }, unit: 'residual' },
];
const calm = { name: 'calm', site, more: 'I am calm.', less: 'I am\nangry.' };
const contents = {
  ...{ name: 'Calm ☺', model: 'stories15M', prompt: 'Once upon\na time', edits },
  directions: [calm],
  settings: { temperature: 0.7, topK: 40, stop: ['\n\n'], seed: 3, samples: 4 },
} as const;

test('a preset names no folder, and only the SAEs that it edits', () => {
  const text = writePreset(makePreset(contents, active));
  expect(text).not.toContain('/here');
  expect(JSON.parse(text)).toEqual({
    ...{ version: 1, monosem: '0.1.0', name: 'Calm ☺', model: 'stories15M' },
    saes: [{ name: 'used', site, sha256: 'b'.repeat(64) }, { neurons: neuronSite }],
    ...{
      prompt: 'Once upon\na time',
      edits: ['12:clamp=3max', '2/7:ablate,while=40', `calm@${site}:add=2norm`],
    },
    directions: [calm],
    settings: contents.settings,
  });
});

test('what is written reads as the same preset, with the same edits', () => {
  const preset = makePreset(contents, active);
  const read = readPreset(writePreset(preset), 'calm.json');
  expect(read).toEqual({ preset, ignored: [] });
  expect(placeEdits(read.preset, active)).toEqual({ edits, otherWeights: [] });
});

test('an SAE is found by its weights under another name and place, then by its name', () => {
  const preset = makePreset(contents, active);
  const [, , neurons] = active;
  const elsewhere = (changed: Partial<SaeIdentity>): SaeIdentity[] => [
    { sae: '/there/other', name: 'other', site, sha256: 'c'.repeat(64) },
    { sae: '/there/moved', name: 'moved', site, sha256: 'b'.repeat(64), ...changed },
    ...(neurons === undefined ? [] : [neurons]),
  ];
  const moved = placeEdits(preset, elsewhere({}));
  expect(moved.edits[0]).toMatchObject({ sae: '/there/moved' });
  expect(moved.otherWeights).toEqual([]);
  const retrained = placeEdits(preset, elsewhere({ name: 'used', sha256: 'd'.repeat(64) }));
  expect(retrained.edits[0]).toMatchObject({ sae: '/there/moved' });
  expect(retrained.otherWeights).toEqual(['used']);
  expect(() => placeEdits(preset, elsewhere({ site: 'hook_embed' }))).toThrow(
    /edits features of used at blocks\.2\.hook_resid_post, which is no active sparse autoencoder/,
  );
  expect(() => placeEdits(preset, elsewhere({}).slice(0, 2))).toThrow(
    /neurons:blocks\.1\.mlp\.hook_post/,
  );
});

test('fields that nobody knows are left out and told', () => {
  const preset = makePreset(contents, active);
  const file = JSON.parse(writePreset(preset)) as Record<string, object>;
  const changed = {
    ...{ ...file, $schema: 'x', author: 1 },
    settings: { ...file['settings'], mood: 'calm' },
    saes: [{ ...(file['saes'] as object[])[0], path: '/etc/passwd' }, { neurons: neuronSite }],
  };
  expect(readPreset(JSON.stringify(changed), 'calm.json')).toEqual({
    preset,
    ignored: ['$schema', 'author', 'saes[0].path', 'settings.mood'],
  });
});

const smallest = { version: 1, name: 'x' };

test('everything but version and name may be missing', () => {
  const read = readPreset(`\uFEFF${JSON.stringify(smallest)}`, 'x.json');
  expect(read.preset).toEqual({ name: 'x', saes: [], directions: [], edits: [], settings: {} });
});

const unsafeFiles = [
  ...['/etc/calm.safetensors', '../calm.safetensors', 'a/calm.safetensors', 'a\\calm.safetensors'],
  ...['C:calm.safetensors', 'calm.bin', '.safetensors', '.calm.safetensors', 'con.safetensors'],
  ...['~.safetensors', 'calm.safetensors\0', 'file:calm.safetensors', 'a'.repeat(300), 3],
];

test('a preset that knows no directions reads as ever, and writes none', () => {
  const preset = makePreset({ ...contents, directions: [], edits: [] }, active);
  expect(writePreset(preset)).not.toContain('directions');
});

test('a direction may be in a file beside the preset', () => {
  const file = { name: 'calm', site, file: 'Ruhe 2.safetensors', tensor: 'v' };
  const read = readPreset(JSON.stringify({ ...smallest, directions: [{ ...file, x: 1 }] }), 'x');
  expect(read.preset.directions).toEqual([file]);
  expect(read.ignored).toEqual(['directions[0].x']);
});

describe('a file that is no preset', () => {
  it.each<[unknown, RegExp]>([
    [[], /its content has to be an object/],
    [{ name: 'x' }, /version has to be 1/],
    [{ version: '1', name: 'x' }, /version has to be a whole number/],
    [{ version: 2, name: 'x' }, /was written by a newer Monosem; update Monosem/],
    [{ version: 1 }, /name has to be a text/],
    [{ ...smallest, name: 3 }, /name has to be a text of at most 200 characters/],
    [{ ...smallest, prompt: 'a'.repeat(200_001) }, /prompt has to be a text of at most 200000/],
    [{ ...smallest, edits: '1:ablate' }, /edits has to be a list/],
    [{ ...smallest, edits: [1] }, /edits has to be a list of texts/],
    [{ ...smallest, edits: Array(257).fill('1:ablate') }, /edits has to be a list of at most 256/],
    [{ ...smallest, edits: ['1:ablate'] }, /edits SAE number 1, and there are 0/],
    [{ ...smallest, saes: [{}], edits: [] }, /saes\[0\]\.sha256 has to be a text/],
    [{ ...smallest, saes: [{ neurons: 'a' }], edits: ['1:explode'] }, /"1:explode" is not an edit/],
    [
      {
        ...smallest,
        saes: [{ neurons: 'a' }],
        edits: ['1:ablate,prompt', '2:ablate', '1:scale=2'],
      },
      /a\/b\.json edits feature 1 twice, and the steering panel has one edit of each; keep one/,
    ],
    [{ ...smallest, saes: [3] }, /saes\[0\] has to be an object/],
    [
      { ...smallest, saes: [{ name: 'a', site: 'b', sha256: 'xyz' }] },
      /saes\[0\]\.sha256 has to be 64 hexadecimal digits/,
    ],
    [{ ...smallest, edits: ['calm@hook_embed:add=1'] }, /direction "calm", which was not given/],
    [{ ...smallest, directions: {} }, /directions has to be a list of at most 64 entries/],
    [
      { ...smallest, directions: Array(65).fill(calm) },
      /directions has to be a list of at most 64/,
    ],
    [{ ...smallest, directions: ['calm'] }, /directions\[0\] has to be an object/],
    [{ ...smallest, directions: [{ site }] }, /directions\[0\]\.name has to be a text/],
    [{ ...smallest, directions: [{ ...calm, name: 'a b' }] }, /name has to be a name of letters/],
    [{ ...smallest, directions: [{ ...calm, name: 'a'.repeat(65) }] }, /a text of at most 64/],
    [{ ...smallest, directions: [{ ...calm, site: 'a/b' }] }, /site has to be the name of a site/],
    [{ ...smallest, directions: [{ ...calm, less: undefined }] }, /less has to be a text/],
    [{ ...smallest, directions: [{ ...calm, more: 'a'.repeat(100_001) }] }, /at most 100000 char/],
    [
      { ...smallest, directions: [calm, { ...calm, name: 'CALM' }] },
      /directions\[1\]\.name has to be another name than those before/,
    ],
    ...unsafeFiles.map((file): [unknown, RegExp] => [
      { ...smallest, directions: [{ name: 'calm', site, file }] },
      /directions\[0\]\.file has to be (?:the name of a \.safetensors file beside|a text)/,
    ]),
    [{ ...smallest, settings: [] }, /settings has to be an object/],
    [{ ...smallest, settings: { topK: 1.5 } }, /settings\.topK has to be a whole number/],
    [{ ...smallest, settings: { topP: 2 } }, /settings\.topP has to be a number from 0 to 1/],
    [{ ...smallest, settings: { chat: 'yes' } }, /settings\.chat has to be true or false/],
    [{ ...smallest, settings: { stop: [1] } }, /settings\.stop has to be a list of texts/],
  ])('is refused: %j', (value, sentence) => {
    const read = (): unknown => readPreset(JSON.stringify(value), 'a/b.json');
    expect(read).toThrow(sentence);
    expect(read).toThrow(/^[^\n]+\.$/);
  });

  it('whatever it holds, is a preset or refused with one sentence', () => {
    const fields = fc.record(
      {
        ...{ version: fc.constant(1), name: fc.oneof(fc.string(), fc.anything()) },
        ...{ edits: fc.oneof(fc.array(fc.string()), fc.anything()), saes: fc.anything() },
        directions: fc.oneof(fc.array(fc.anything()), fc.anything()),
        settings: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fields.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const { preset } = readPreset(text, 'a.json');
          expect(readPreset(writePreset(preset), 'a.json').preset).toEqual<Preset>(preset);
        } catch (error) {
          if (!(error instanceof MonosemError)) throw error;
          expect(['fileDamaged', 'badEdit']).toContain(error.code);
        }
      }),
    );
  });

  it('is not JSON', () => {
    expect(() => readPreset('{', 'a/b.json')).toThrow(/^a\/b\.json is no JSON, so it is no preset/);
  });
});

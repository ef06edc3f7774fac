// The directions of a session with an engine made up here, which counts what it is asked.
import { expect, it, test } from 'vitest';
import type { EngineClient } from '../../../../src/host/engine/engineClient.ts';
import { freeName } from '../../../../src/host/steering/directionNames.ts';
import { Directions, mostDirections } from '../../../../src/host/steering/directions.ts';
import { streamSitesOf } from '../../../../src/host/views/offeredDirections.ts';
import type {
  DirectionParams,
  NamedEdit,
  SteerEdit,
} from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';

const site = 'blocks.2.hook_resid_post';
const origin = { more: 'I am calm.', less: 'I am angry.' };
const calm = { name: 'calm', site, origin };
const model = { model: '/m', variant: 'onnx/m.onnx' };

function directions(fails: () => boolean = () => false): {
  readonly made: Directions;
  readonly asked: DirectionParams[];
} {
  const asked: DirectionParams[] = [];
  const call = async (_: string, params: DirectionParams): Promise<unknown> => {
    asked.push(params);
    await Promise.resolve();
    if (fails()) throw new Error('No model.');
    return { direction: Float32Array.of(asked.length), norm: asked.length };
  };
  const engine = { call } as unknown as EngineClient;
  // As a source, which has SAEs beside the model.
  const source = { ...model, saes: ['/s'] };
  return { made: new Directions({ engine, model: () => Promise.resolve(source) }), asked };
}

const add = (name: string): NamedEdit => ({ name, site, operation: 'add', amount: 2 });
const numbersIn = (edits: readonly SteerEdit[]): unknown[] =>
  edits.map((edit) => ('direction' in edit ? edit.direction[0] : undefined));

test('edits get the numbers of their directions, each asked for once per model', async () => {
  const { made, asked } = directions();
  const angry = { ...calm, name: 'angry', origin: { more: origin.less, less: origin.more } };
  made.replace([calm, angry]);
  const ablate = { sae: '/s', feature: featureIndex(3), operation: 'ablate' } as const;
  const edits = [add('calm'), ablate, add('angry'), add('calm')];
  const [first, second] = await Promise.all([
    made.resolve(edits, model),
    made.resolve(edits, model),
  ]);
  expect(numbersIn(first)).toEqual([1, undefined, 2, 1]);
  expect(first[0]).toEqual({ ...add('calm'), direction: Float32Array.of(1) });
  expect(second).toEqual(first);
  expect(asked).toEqual([calm, angry].map((each) => ({ model, site, origin: each.origin })));
  expect(numbersIn(await made.resolve([add('calm')], { ...model, provider: 'webgpu' }))).toEqual([
    3,
  ]);
  expect(numbersIn(await made.resolve([add('calm')], model))).toEqual([1]);
  await expect(made.resolve([add('gone')], model)).rejects.toThrow(/^There is no direction "gone"/);
});

test('what failed is asked for again', async () => {
  let fails = true;
  const { made, asked } = directions(() => fails);
  made.replace([calm]);
  await expect(made.resolve([add('calm')], model)).rejects.toThrow('No model.');
  expect(await made.workOut()).toEqual({
    had: [],
    failures: ['The direction "calm" cannot be had: No model.'],
  });
  fails = false;
  expect((await made.workOut()).had).toMatchObject([{ ...calm, numbers: { norm: 3 } }]);
  expect(asked).toHaveLength(3);
});

test('made anew a direction keeps its name and is worked out again; a failure lists nothing', async () => {
  let fails = false;
  const { made, asked } = directions(() => fails);
  expect(await made.make(site, origin)).toEqual({ name: 'direction-1', site, origin });
  expect(await made.make(site, { file: '/a/Calm.safetensors' })).toMatchObject({ name: 'Calm' });
  expect(await made.make(site, origin)).toMatchObject({ name: 'direction-1' });
  expect(await made.make('hook_embed', origin)).toMatchObject({ name: 'direction-2' });
  expect(asked).toHaveLength(4);
  expect(numbersIn(await made.resolve([add('direction-1')], model))).toEqual([3]);
  fails = true;
  await expect(made.make(site, { more: 'a', less: 'b' })).rejects.toThrow('No model.');
  expect(made.named.map(({ name }) => name)).toEqual(['direction-1', 'Calm', 'direction-2']);
});

test('a file is read again when a session begins again, texts are not', async () => {
  const { made, asked } = directions();
  const file = { ...calm, name: 'file', origin: { file: '/a/calm.safetensors' } };
  for (let n = 0; n < 2; n++) {
    made.replace([calm, file]);
    await made.resolve([add('calm'), add('file')], model);
    await made.resolve([add('calm'), add('file')], model);
  }
  expect(asked.map(({ origin: from }) => 'file' in from)).toEqual([false, true, true]);
});

test('there is a most of directions, and of text', async () => {
  const { made } = directions();
  const one = (n: number): typeof calm => ({
    ...calm,
    name: `d${n}`,
    origin: { ...origin, more: `${n}` },
  });
  made.replace(Array.from({ length: mostDirections + 3 }, (_, n) => one(n)));
  expect(made.named).toHaveLength(mostDirections);
  await expect(made.make(site, origin)).rejects.toThrow(/^There are 64 directions, as many as/);
  expect(await made.make(site, one(0).origin)).toMatchObject({ name: 'd0' });
  made.replace([]);
  await expect(made.make(site, { more: 'a'.repeat(100_001), less: 'b' })).rejects.toThrow(
    /longer than 100000 characters; take a part of it\.$/,
  );
});

it.each([
  [origin, [], 'direction-1'],
  [origin, ['Direction-1', 'calm', 'direction-3'], 'direction-2'],
  [{ file: '/a/b c/Ruhe & mehr.v2.safetensors' }, [], 'Ruhe-mehr.v2'],
  [{ file: 'C:\\x\\calm.SafeTensors' }, ['CALM'], 'calm-2'],
  [{ file: '/-calm-.safetensors' }, [], 'calm'],
  [{ file: '/…/....safetensors' }, [], 'direction-1'],
  [{ file: `/${'𝒜'.repeat(99)}.safetensors` }, [], '𝒜'.repeat(30)],
])('a direction of %j beside %j is called %s', (from, taken, name) => {
  expect(freeName(from, taken)).toBe(name);
});

it.each([
  ['blocks.1.hook_resid_post', 'blocks.1.hook_resid_post'],
  ['blocks.2.hook_resid_pre', 'blocks.1.hook_resid_post'],
  ['blocks.0.hook_resid_pre', 'blocks.0.hook_resid_pre'],
  ['blocks.1.mlp.hook_post', 'blocks.0.hook_resid_post'],
  [undefined, 'blocks.0.hook_resid_post'],
])('beside an SAE at %s new directions begin at %s', (painted, suggested) => {
  const streamSites = ['blocks.0.hook_resid_pre', 'blocks.0.hook_resid_post', 'blocks.1.hook_resid_post']; // prettier-ignore
  expect(streamSitesOf({ streamSites }, painted)).toEqual({ names: streamSites, suggested });
});

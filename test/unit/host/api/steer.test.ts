import { expect, test } from 'vitest';
import { steerText } from '../../../../src/host/api/steer.ts';
import type { SteerStep } from '../../../../src/host/api/types.ts';
import { tokenId } from '../../../../src/shared/units.ts';
import { apiPorts, source } from './engine.ts';
import type { ApiPorts, Asked } from './engine.ts';

const token = (id: number): { id: number; text: string; logProbability: number } => ({
  ...{ id: tokenId(id), text: `w${id}`, logProbability: -0.5 },
});
const steps: readonly SteerStep[] = [
  { step: 0, baseline: token(1), steered: token(2), kl: 0.1 },
  { step: 1, steered: token(3), kl: 0.2 },
];

/** An engine that crashes after the first step and gives the same steps again. */
function steering(): ApiPorts {
  return apiPorts({
    steer: ({ options }: Asked) => {
      for (const step of [steps[0], ...steps]) options.onProgress?.(step);
      const [baseline, steered] = [
        { text: 'w1', tokens: [1] },
        { text: 'w2w3', tokens: [2, 3] },
      ];
      return { samples: [{ baseline, steered, steps }] };
    },
  });
}
const ablate = { feature: 7, operation: 'ablate' };

test('gives both continuations, and each step once', async () => {
  const ports = steering();
  const seen: SteerStep[] = [];
  const onStep = (step: SteerStep): unknown => seen.push(step);
  const result = await steerText(ports, { prompt: 'Once', edits: [ablate] }, { onStep });
  expect(result).toStrictEqual({
    baseline: { text: 'w1', ids: [1] },
    steered: { text: 'w2w3', ids: [2, 3] },
    steps,
  });
  expect(seen).toStrictEqual(steps);
  expect(ports.asked[0]?.params).toEqual({
    ...{ source, prompt: 'Once', maxTokens: 60, temperature: 0, seed: 1 },
    edits: [{ sae: '/t', ...ablate, positions: { scope: 'all' } }],
  });
});

test('an onStep that fails harms nobody, is written to the log and not called again', async () => {
  const ports = steering();
  const onStep = (): void => {
    throw new Error('oh');
  };
  const { steps: told } = await steerText(ports, { prompt: 'Once', edits: [] }, { onStep });
  expect(told).toHaveLength(2);
  expect(ports.warnings).toEqual(['An extension’s onStep failed: oh']);
});

test('takes every operation, SAE and setting', async () => {
  const ports = steering();
  const { signal } = new AbortController();
  const edits = [
    { sae: '/s', feature: 1, operation: 'scale', amount: 0 },
    { feature: 2, operation: 'clamp', amount: 1.5 },
    { feature: 3, operation: 'add', amount: -2 },
  ];
  const scope = 'generated';
  const settings = { maxTokens: 5, temperature: 0.5, seed: 9, chat: true };
  await steerText(ports, { prompt: 'Once', edits, scope, ...settings }, { signal });
  const [{ params, options } = { params: {}, options: {} }] = ports.asked;
  expect(params).toEqual({
    ...{ source, prompt: 'Once', ...settings },
    edits: edits.map((edit) => ({ sae: '/t', ...edit, positions: { scope } })),
  });
  expect(options.signal).toBe(signal);
});

test.each([
  [undefined, 'there are no “edits”'],
  [{ edits: [] }, '“prompt” is undefined; give a text'],
  [{ prompt: 'a', edits: ablate }, '“edits” is a value of type object'],
  [{ prompt: 'a', edits: ['ablate'] }, 'steer edits[0]: “ablate” was passed; give an object'],
  [{ prompt: 'a', edits: [ablate, { operation: 'ablate' }] }, 'edits[1]: “feature” is not'],
  [{ prompt: 'a', edits: [{ feature: 1 }] }, 'edits[0]: there is no “operation”'],
  [{ prompt: 'a', edits: [{ feature: 1, operation: 'zero' }] }, '“operation” is “zero”; give'],
  [{ prompt: 'a', edits: [{ feature: 1, operation: 'add' }] }, '“add” needs an “amount”'],
  [{ prompt: 'a', edits: [{ ...ablate, amount: Infinity }] }, '“amount” is Infinity'],
  [{ prompt: 'a', edits: [{ ...ablate, sae: '/x' }] }, 'That SAE is not active.'],
  [{ prompt: 'a', edits: [ablate], scope: 'none' }, '“scope” is “none”'],
  [{ prompt: 'a', edits: [ablate], maxTokens: 0 }, '“maxTokens” is 0'],
  [{ prompt: 'a', edits: [ablate], temperature: -1 }, '“temperature” is -1'],
  [{ prompt: 'a', edits: [ablate], seed: 0.5 }, '“seed” is 0.5'],
  [{ prompt: 'a', edits: [ablate], chat: 1 }, '“chat” is 1; give true or false'],
  [{ prompt: 'a', edits: [ablate], model: '/m' }, 'there is no “model”'],
])('%j is refused', async (request, message) => {
  const ports = steering();
  const asking = steerText(ports, request, undefined);
  await expect(asking).rejects.toMatchObject({ code: 'badArgument' });
  await expect(asking).rejects.toThrow(message);
  expect(ports.asked).toEqual([]);
});

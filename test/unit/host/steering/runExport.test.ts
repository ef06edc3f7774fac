import { expect, test } from 'vitest';
import { writeRun } from '../../../../src/host/steering/runExport.ts';
import {
  protocolVersion,
  type NamedDirection,
  type Provenance,
  type SteerParams,
  type SteerResult,
} from '../../../../src/shared/engineProtocol.ts';
import { copyAsCommand } from '../../../../src/shared/steerCommand.ts';
import { featureIndex, tokenId } from '../../../../src/shared/units.ts';

const provenance: Provenance = {
  ...{ monosem: '0.1.0', protocol: protocolVersion },
  model: {
    ...{ name: 'm', folder: '/m', variant: 'onnx/model.onnx' },
    files: [{ path: 'onnx/model.onnx', bytes: 3, sha256: 'a'.repeat(64) }],
  },
  saes: [{ sae: '/s', name: 's', site: 'hook_embed', sha256: 'b'.repeat(64) }],
  environment: {
    ...{ onnxruntime: '1.30.0', node: '24.0.0', platform: 'linux', architecture: 'x64' },
    ...{ provider: 'cpu', providerReason: 'Nothing else is there.' },
  },
};
const params: SteerParams = {
  ...{ source: { model: '/m', saes: ['/s'] }, prompt: 'Once', maxTokens: 3, seed: 7, samples: 2 },
  ...{ temperature: 0.7, topK: 40, stop: ['\n'], top: 1 },
  edits: [{ sae: '/s', feature: featureIndex(7), operation: 'clamp', amount: 3, unit: 'max' }],
};
const likely = {
  ids: Uint32Array.of(5),
  texts: ['a'],
  probabilities: Float32Array.of(0.5),
};
const continuation = { text: 'a', tokens: [tokenId(5)], end: 'length' } as const;
const result: SteerResult = {
  samples: [
    {
      ...{ baseline: continuation, steered: continuation },
      aligned: [{ kind: 'equal', from: 0, to: 1 }],
      steps: [
        {
          ...{ sample: 0, step: 0, kl: 0.25 },
          expected: {
            ...{ baseline: likely, steered: likely },
            ...{ ranksInSteered: Uint32Array.of(1), ranksInBaseline: Uint32Array.of(1) },
          },
        },
      ],
    },
  ],
};
const date = new Date('2026-01-02T03:04:05Z');
const written = (
  changes: Partial<SteerParams> = {},
  directions: readonly NamedDirection[] = [],
): Record<string, unknown> => {
  const run = { params: { ...params, ...changes }, result, directions };
  return JSON.parse(writeRun({ ...run, provenance, date })) as Record<string, unknown>;
};

test('an export holds what it takes to have the run again', () => {
  const plain = { ids: [5], texts: ['a'], probabilities: [0.5] };
  expect(written()).toEqual({
    ...{ kind: 'monosem.steeringRun', version: 1, monosem: '0.1.0', protocol: protocolVersion },
    date: '2026-01-02T03:04:05.000Z',
    ...{ model: provenance.model, saes: provenance.saes, environment: provenance.environment },
    requested: { provider: 'auto', deviceId: 0 },
    ...{ prompt: 'Once', chat: false, maxTokens: 3, seed: 7, stop: ['\n'], samples: 2, top: 1 },
    edits: [{ text: '7:clamp=3max', edit: params.edits[0] }],
    sampling: { temperature: 0.7, topK: 40 },
    command: {
      posix: copyAsCommand(params, 'posix'),
      powershell: copyAsCommand(params, 'powershell'),
    },
    result: {
      samples: [
        {
          ...{ baseline: continuation, steered: continuation },
          aligned: [{ kind: 'equal', from: 0, to: 1 }],
          steps: [
            {
              ...{ sample: 0, step: 0, kl: 0.25 },
              expected: {
                ...{ baseline: plain, steered: plain, ranksInSteered: [1], ranksInBaseline: [1] },
              },
            },
          ],
        },
      ],
    },
  });
});

test('a direction has its numbers, where they come from, and a command that makes it', () => {
  const numbers = Float32Array.of(1, -0.5);
  const edit = { site: 'hook_embed', name: 'calm', operation: 'cap', amount: 2 } as const;
  const origin = { more: 'I am calm.', less: 'I am angry.' };
  const edits = [{ ...edit, direction: numbers }];
  const calm = { name: 'calm', site: 'hook_embed', origin };
  const content = written({ edits }, [calm]);
  expect(content).toMatchObject({
    edits: [{ text: 'calm@hook_embed:cap=2', edit: { ...edit, direction: [1, -0.5] }, origin }],
    command: { posix: copyAsCommand({ ...params, edits }, 'posix', [calm]) },
  });
  expect(content['command']).toMatchObject({
    posix: expect.stringMatching(/^monosem direction .* && monosem steer /) as string,
  });
});

test('a direction without a name is a list of numbers, and what is no command says why', () => {
  const direction = Float32Array.of(1, -0.5);
  const edit = { site: 'hook_embed', direction, operation: 'cap', amount: 2 } as const;
  expect(written({ edits: [edit] })).toMatchObject({
    edits: [{ text: null, edit: { ...edit, direction: [1, -0.5] } }],
    command: { posix: { none: expect.stringMatching(/^There is no direction/) as string } },
  });
});

import { describe, expect, test } from 'vitest';
import { diagnosticsText } from '../../../src/host/display/diagnosticsText.ts';
import type { SaeCheck } from '../../../src/shared/saeCheck.ts';
import type { Diagnostics } from '../../../src/shared/diagnostics.ts';
import { diagnostics, longFolder, model, report } from './diagnosticsReport.ts';

/** The lines of a section, without their indentation. */
function section(text: string, title: string): readonly string[] {
  const from = text.indexOf(`## ${title}\n\n`);
  expect(from, title).toBeGreaterThan(0);
  const [body = ''] = text.slice(from + title.length + 5).split('\n\n');
  return body
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(4));
}

describe('with a model', () => {
  const text = diagnosticsText(report);

  test('begins with what runs where', () => {
    expect(section(text, 'What runs where')).toEqual([
      'model        SmolLM2-135M-Instruct',
      'file         onnx/model_fp16.onnx',
      'runs on      WebGPU, device 1',
      'because      It gave the results of the processor to 1e-3.',
      'self-test    The logits of 8 tokens are equal bit for bit with and without instruments.',
      'written at   2026-11-22T19:00:00.000Z',
    ]);
  });

  test('lists the providers that were tried, in columns', () => {
    expect(section(text, 'Execution providers')).toEqual([
      'provider   outcome   time     reason',
      'CUDA       missing   –        libcudart.so.12 was not found.',
      'WebGPU     chosen    1.23 s   A known graph and the first block gave what the processor gives.',
    ]);
    expect(section(text, 'Execution providers of this onnxruntime')).toEqual([
      'in this package   CPU, WebGPU',
      'to be installed   CUDA',
    ]);
  });

  test('tells of the model, its weights, the self-test and the times', () => {
    const facts = section(text, 'Model');
    expect(facts[0]).toBe(`folder                 ${longFolder}`);
    expect(facts).toContain('other files            onnx/model.onnx, onnx/model_q4.onnx');
    expect(facts).toContain('opsets                 ai.onnx 18, com.microsoft 1');
    expect(section(text, 'Weights by type')).toEqual([
      'float16    269 MB',
      'int64      1.02 KB',
      'together   269 MB',
    ]);
    expect(section(text, 'Self-test')[0]).toBe(
      'result                          passed: equal bit for bit',
    );
    expect(section(text, 'Time to open')).toEqual([
      'read graph     41.2 ms',
      'open session   812 ms',
    ]);
  });

  test('tells of the SAE, the settings, the engine and the machine', () => {
    expect(section(text, 'Sparse autoencoder')).toEqual([
      'folder    /saes/a',
      'problem   The SAE reads width 768, the model has 576.',
    ]);
    expect(section(text, 'Settings')).toEqual([
      'monosem.executionProvider   webgpu    changed',
      'monosem.modelVariant        (empty)   default',
    ]);
    expect(section(text, 'Engine')).toContain('crashes       none in this window');
    expect(section(text, 'Machine')).toContain('memory   16 GB');
    expect(section(text, 'Versions')).toEqual(['onnxruntime-node   1.30.0']);
  });

  test('a self-test that failed is seen', () => {
    const selfTest = { isEqual: false, maxDifference: 0.25, tokens: 8, summary: 'They differ.' };
    const failed = diagnosticsText({
      ...report,
      diagnostics: { ...diagnostics, model: { ...model, selfTest } },
    });
    expect(section(failed, 'Self-test')).toEqual([
      'result                          NOT equal',
      'tokens compared                 8',
      'largest difference of a logit   0.25',
      'what follows                    They differ.',
    ]);
  });
});

test('every active SAE has its verdict and figures', () => {
  const figures = { tokens: 512, fvu: 2.1234, l0: 30.25, deadShare: 0.5, cosine: 0.9 };
  const check: SaeCheck = {
    name: 'b',
    folder: '/saes/b',
    site: 'blocks.5.hook_resid_pre',
    expectedL0: 32,
    passes: false,
    verdict: 'FVU 2.1 at a; 0.11 at b: the config names the wrong site.',
    remarks: ['Its config promises normalisation; this model needs none.'],
    trials: [
      { changes: 'nothing', how: 'as configured', figures },
      { changes: 'site', how: 'at b', figures: { ...figures, fvu: 0.11 } },
    ],
  };
  const facts = {
    sae: '/saes/b',
    name: 'b',
    site: 'blocks.5.hook_resid_pre',
    architecture: 'jumprelu',
    features: 4096,
    hasFeatureStore: false,
  };
  const [first] = report.saes;
  if (first === undefined) throw new Error('no SAE');
  const text = diagnosticsText({
    ...report,
    saes: [first, { sae: '/saes/b', isPainted: true, facts, check }],
  });
  expect(section(text, 'Sparse autoencoder 1 of 2')[0]).toMatch(/^folder +\/saes\/a$/);
  const rows = section(text, 'Sparse autoencoder 2 of 2').map((row) =>
    row.replace(/ {3,}/g, ' | '),
  );
  expect(rows).toEqual([
    'folder | /saes/b',
    'name | b',
    'site | blocks.5.hook_resid_pre',
    'features | 4,096, jumprelu',
    'feature store | no',
    'painted | yes',
    'check | NOT passed',
    `verdict | ${check.verdict}`,
    `remark | ${check.remarks[0] ?? ''}`,
    'L0 its files promise | 32',
    'read as configured | FVU 2.12, L0 30.3, cosine 0.9, 50% of the features silent, tokens: 512',
    'read at b | FVU 0.11, L0 30.3, cosine 0.9, 50% of the features silent, tokens: 512',
  ]);
});

describe('without a model', () => {
  const machine: Diagnostics = {
    platform: diagnostics.platform,
    versions: diagnostics.versions,
    providers: diagnostics.providers,
    failure: 'model.onnx is cut short; download it again.',
  };

  test('the reason stands first, and what is known of the machine is still there', () => {
    const text = diagnosticsText({ ...report, saes: [], diagnostics: machine });
    expect(section(text, 'What runs where').slice(0, 2)).toEqual([
      `model        ${longFolder}`,
      'problem      model.onnx is cut short; download it again.',
    ]);
    expect(section(text, 'Execution providers')[0]).toContain('CPU, WebGPU');
    expect(section(text, 'Sparse autoencoder')).toEqual(['folder   none is chosen']);
    expect(text).not.toContain('## Model');
  });

  test('an engine that keeps crashing is described by its crashes', () => {
    const at = new Date('2026-11-22T18:59:58Z');
    const crashes = [{ at, exit: { how: 'signal', detail: 'SIGSEGV' } as const }];
    const text = diagnosticsText({
      ...report,
      engine: { state: 'givenUp', crashes },
      activeFile: undefined,
      diagnostics: undefined,
      failure: 'The engine crashed 5 times within three minutes.',
    });
    expect(section(text, 'What runs where')[1]).toContain('crashed 5 times');
    const engine = section(text, 'Engine');
    expect(engine.at(-1)).toBe('2026-11-22T18:59:58.000Z   It was ended by SIGSEGV.');
    expect(engine[1]).toMatch(/^process +none$/);
    expect(text).not.toContain('## Machine');
  });
});

test('what a file says stays text: one indented line, no control characters', () => {
  const nasty = 'x\n\n# Heading\n<script>\u001B[31m\u202Eabc';
  const text = diagnosticsText({
    ...report,
    diagnostics: { ...diagnostics, model: { ...model, name: nasty, producer: nasty } },
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const ours = /^(# Monosem diagnostics$|## [A-Z][\w -]+$| {4}\S)/;
  for (const line of lines) expect(line).toMatch(ours);
  expect(text).toContain('    model        x # Heading <script>�[31m�abc\n');
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
});

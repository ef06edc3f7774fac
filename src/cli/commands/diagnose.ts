// `monosem diagnose`: the machine, its execution providers, and how a model was opened and runs here.
import type { Diagnostics, ModelDiagnostics, ProviderReport } from '../../shared/diagnostics.ts';
import type { Command } from '../command.ts';
import { choiceOf, modelOptions } from '../options.ts';
import { table } from '../table.ts';

type Rows = readonly (readonly [name: string, value: string])[];

export const diagnose: Command = {
  usage: 'diagnose',
  summary: 'platform, execution providers, facts, self-test and timings of a model',
  options: modelOptions,
  negative: 'the model does not open',
  async run({ engine, args, root, status }) {
    const model = choiceOf(args, root);
    status(`opening ${model.model}`);
    const context = { signal: { aborted: false }, progress: () => undefined };
    const result = await engine.diagnose({ model }, context);
    const failed = result.failure === undefined ? {} : ({ isNegative: true } as const);
    return { json: result, text: describe(result), ...failed };
  },
};

function describe(found: Diagnostics): string {
  const { platform, versions, providers, model, failure } = found;
  const sections = [
    section('Machine', [
      ...platform.map(({ name, value }) => [name, value] as const),
      ...versions.map(({ name, version }) => [name, version] as const),
      ['execution providers', providers.map(describeProvider).join(', ')],
    ]),
    ...(model === undefined ? [] : modelSections(model)),
    ...(failure === undefined ? [] : [`The model was not opened.\n  ${failure}`]),
  ];
  return sections.join('\n\n');
}

function describeProvider({ name, isBundled }: Diagnostics['providers'][number]): string {
  return isBundled ? name : `${name} (not in this package)`;
}

function modelSections(model: ModelDiagnostics): string[] {
  const { execution, selfTest, timings } = model;
  return [
    section('Model', modelFacts(model)),
    executionSection(execution),
    `Self-test\n  ${selfTest.summary}`,
    `Timings\n${indent(
      table(
        [{ title: 'step' }, { title: 'ms', align: 'right' }],
        timings.map(({ step, milliseconds }) => [step, milliseconds.toFixed(1)]),
      ),
    )}`,
  ];
}

function modelFacts(model: ModelDiagnostics): Rows {
  const { weights, opsets, variants, variant } = model;
  const others = variants.filter((other) => other !== variant);
  return [
    ['name', model.name],
    ['folder', model.folder],
    ['file', `${variant}. ${model.variantReason}`],
    ...(others.length === 0 ? [] : [['other files', others.join(', ')] as const]),
    ['architecture', `${model.architecture}, ${model.layers} layers of width ${model.dModel}`],
    ['blocks', model.blocks],
    ['sites', String(model.sites)],
    ['KV cache', model.kvCache ? 'yes' : 'no'],
    ['dynamically quantized', model.dynamicallyQuantized ? 'yes: rows run apart' : 'no'],
    ['weights', weights.map(({ type, bytes }) => `${type} ${mebibytes(bytes)}`).join(', ')],
    ['exported by', model.producer],
    ['operator sets', opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ')],
  ];
}

function executionSection({ provider, deviceId, reason, attempts }: ProviderReport): string {
  const device = deviceId === undefined ? '' : `, device ${deviceId}`;
  const tried = attempts.map((attempt) => {
    const { milliseconds } = attempt;
    const time = milliseconds === undefined ? '' : ` (tried for ${milliseconds.toFixed(0)} ms)`;
    return `  ${attempt.provider}: ${attempt.outcome}${time}\n    ${attempt.reason}`;
  });
  return [`Runs on ${provider}${device}`, `  ${reason}`, ...tried].join('\n');
}

function section(title: string, rows: Rows): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

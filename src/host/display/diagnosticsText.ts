// Everything there is to know about a failure or about speed, as one document that can be read and passed on: markdown
// whose facts are indented blocks, so that text from models and files is never markup. Without VS Code.
import type { Diagnostics, ModelDiagnostics } from '../../shared/diagnostics.ts';
import type { ModelChoice, SaeFacts, SaePlace } from '../../shared/engineProtocol.ts';
import type { SaeCheck } from '../../shared/saeCheck.ts';
import type { EngineCrash, EngineState } from '../engine/engineClient.ts';
import { columns } from './columns.ts';
import { providerName } from './providerName.ts';
import { sizeText } from './size.ts';

export interface DiagnosticsReport {
  readonly at: Date;
  /** VS Code and the extension: name and value. */
  readonly program: readonly Row[];
  readonly settings: readonly {
    readonly key: string;
    readonly value: string;
    readonly isDefault: boolean;
  }[];
  readonly engine: {
    readonly state: EngineState;
    readonly processId?: number | undefined;
    readonly crashes: readonly EngineCrash[];
  };
  /** How the active file is doing, if there is one. */
  readonly activeFile?: string | undefined;
  readonly choice: ModelChoice;
  /** None where none is chosen. */
  readonly saes: readonly SaeReport[];
  readonly diagnostics?: Diagnostics | undefined;
  /** Why the engine gave no diagnostics. */
  readonly failure?: string | undefined;
}

/** An active SAE. */
export interface SaeReport {
  readonly sae: SaePlace;
  /** Several are active, and this one's features are painted. */
  readonly isPainted: boolean;
  readonly facts?: SaeFacts | undefined;
  /** Whether it reads the model as it was trained to. */
  readonly check?: SaeCheck | undefined;
  /** Why it could not be opened or checked. */
  readonly failure?: string | undefined;
}

type Row = readonly string[];
interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

export function diagnosticsText(report: DiagnosticsReport): string {
  const { diagnostics } = report;
  const sections = [
    summary(report),
    ...(diagnostics === undefined ? [] : aboutModel(diagnostics)),
    ...aboutSaes(report),
    aboutSettings(report),
    aboutEngine(report),
    { title: 'Program', rows: report.program },
    ...(diagnostics === undefined ? [] : aboutMachine(diagnostics)),
  ];
  const written = sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => `## ${title}\n\n${indented(columns(rows))}`);
  return [`# Monosem diagnostics`, ...written].join('\n\n') + '\n';
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}

function summary({ at, choice, diagnostics, failure }: DiagnosticsReport): Section {
  const why = failure ?? diagnostics?.failure;
  const model = diagnostics?.model;
  const rows: readonly Row[] =
    model === undefined
      ? [
          ['model', choice.model],
          ['problem', why ?? 'The engine said nothing about the model.'],
        ]
      : [
          ['model', model.name],
          ['file', model.variant],
          ['runs on', place(model)],
          ['because', model.execution.reason],
          ['self-test', model.selfTest.summary],
        ];
  return { title: 'What runs where', rows: [...rows, ['written at', at.toISOString()]] };
}

function place({ execution: { provider, deviceId } }: ModelDiagnostics): string {
  const device = deviceId === undefined ? '' : `, device ${deviceId}`;
  return `${providerName(provider)}${device}`;
}

function aboutModel({ model, providers }: Diagnostics): readonly Section[] {
  const known = (isBundled: boolean): string =>
    providers
      .filter((provider) => provider.isBundled === isBundled)
      .map(({ name }) => providerName(name))
      .join(', ');
  const runtime: readonly Row[] = [
    ['in this package', known(true)],
    ['to be installed', known(false)],
  ].filter(([, names]) => names !== '');
  if (model === undefined) return [{ title: 'Execution providers', rows: runtime }];
  return [
    {
      title: 'Execution providers',
      rows: [
        ['provider', 'outcome', 'time', 'reason'],
        ...model.execution.attempts.map(({ provider, outcome, milliseconds, reason }) => [
          providerName(provider),
          outcome,
          milliseconds === undefined ? '–' : timeText(milliseconds),
          reason,
        ]),
      ],
    },
    { title: 'Execution providers of this onnxruntime', rows: runtime },
    { title: 'Model', rows: modelRows(model) },
    { title: 'Weights by type', rows: weightRows(model) },
    { title: 'Self-test', rows: selfTestRows(model) },
    {
      title: 'Time to open',
      rows: model.timings.map(({ step, milliseconds }) => [step, timeText(milliseconds)]),
    },
  ];
}

function modelRows(model: ModelDiagnostics): readonly Row[] {
  const others = model.variants.filter((variant) => variant !== model.variant);
  return [
    ['folder', model.folder],
    ['file', model.variant],
    ['why this file', model.variantReason],
    ['other files', others.length === 0 ? 'none' : others.join(', ')],
    ['architecture', model.architecture],
    ['layers', `${model.layers}, ${model.blocks}`],
    ['width', `${model.dModel}`],
    ['sites', `${model.sites}`],
    ['KV cache', yesNo(model.kvCache)],
    ['dynamic quantization', yesNo(model.dynamicallyQuantized)],
    ['exported by', model.producer === '' ? 'not said' : model.producer],
    ['opsets', model.opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ')],
  ];
}

function weightRows({ weights }: ModelDiagnostics): readonly Row[] {
  const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = weights.map(({ type, bytes }) => [type, sizeText(bytes)]);
  return weights.length > 1 ? [...rows, ['together', sizeText(total)]] : rows;
}

function selfTestRows({ selfTest }: ModelDiagnostics): readonly Row[] {
  const { isEqual, maxDifference, tokens, summary: sentence } = selfTest;
  return [
    ['result', isEqual ? 'passed: equal bit for bit' : 'NOT equal'],
    ['tokens compared', `${tokens}`],
    ['largest difference of a logit', `${maxDifference}`],
    ['what follows', sentence],
  ];
}

function aboutSaes({ saes }: DiagnosticsReport): readonly Section[] {
  const title = 'Sparse autoencoder';
  if (saes.length === 0) return [{ title, rows: [['folder', 'none is chosen']] }];
  return saes.map((report, index) => ({
    title: saes.length === 1 ? title : `${title} ${index + 1} of ${saes.length}`,
    rows: saeRows(report),
  }));
}

function saeRows({ sae, isPainted, facts, check, failure }: SaeReport): readonly Row[] {
  const rows: Row[] = [['folder', sae]];
  if (facts !== undefined) {
    rows.push(
      ['name', facts.name],
      ['site', facts.site],
      ['features', `${facts.features}, ${facts.architecture}`],
      ['feature store', yesNo(facts.hasFeatureStore)],
    );
  }
  if (isPainted) rows.push(['painted', 'yes']);
  if (check !== undefined) rows.push(...checkRows(check));
  if (failure !== undefined) rows.push(['problem', failure]);
  return rows;
}

function checkRows({ passes, verdict, remarks, expectedL0, trials }: SaeCheck): readonly Row[] {
  const rows: Row[] = [
    ['check', passes ? 'passed' : 'NOT passed'],
    ['verdict', verdict],
    ...remarks.map((remark) => ['remark', remark]),
  ];
  if (expectedL0 !== undefined) rows.push(['L0 its files promise', figure(expectedL0)]);
  for (const { changes, how, figures } of trials) {
    const { tokens, fvu, l0, deadShare, cosine } = figures;
    rows.push([
      changes === 'nothing' ? 'read as configured' : `read ${how}`,
      `FVU ${figure(fvu)}, L0 ${figure(l0)}, cosine ${figure(cosine)}, ` +
        `${figure(deadShare * 100)} % of features silent, ${tokens} tokens`,
    ]);
  }
  return rows;
}

/** At most three significant digits. */
function figure(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function aboutSettings({ settings }: DiagnosticsReport): Section {
  const rows = settings.map(({ key, value, isDefault }) => [
    key,
    value === '' ? '(empty)' : value,
    isDefault ? 'default' : 'changed',
  ]);
  return { title: 'Settings', rows };
}

function aboutEngine({ engine, activeFile }: DiagnosticsReport): Section {
  const { state, processId, crashes } = engine;
  const rows: Row[] = [
    ['state', stateText[state]],
    ['process', processId === undefined ? 'none' : `${processId}`],
    ['active file', activeFile ?? 'none'],
    ['crashes', crashes.length === 0 ? 'none in this window' : `${crashes.length}`],
    ...crashes.map(({ at, reason }) => [at.toISOString(), `It ${reason}.`]),
  ];
  return { title: 'Engine', rows };
}

const stateText: Readonly<Record<EngineState, string>> = {
  stopped: 'not started',
  starting: 'starting',
  running: 'running',
  crashed: 'crashed; it is started again when it is needed',
  givenUp: 'crashed too often; “Restart Engine” starts it again',
};

function aboutMachine({ platform, versions }: Diagnostics): readonly Section[] {
  return [
    { title: 'Machine', rows: platform.map(({ name, value }) => [name, value]) },
    { title: 'Versions', rows: versions.map(({ name, version }) => [name, version]) },
  ];
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

function timeText(milliseconds: number): string {
  return milliseconds >= 1000
    ? `${(milliseconds / 1000).toFixed(2)} s`
    : `${Number(milliseconds.toPrecision(3))} ms`;
}

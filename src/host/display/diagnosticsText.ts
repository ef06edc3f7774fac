// Everything there is to know about a failure or about speed, as one document that can be read and passed on: markdown
// whose facts are indented blocks, so that text from models and files is never markup. Without VS Code.
import type { Diagnostics, ModelDiagnostics, ProviderAttempt } from '../../shared/diagnostics.ts';
import type { ModelChoice, SaeFacts, SaePlace } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { countText, figureText, percentText } from '../../shared/numberText.ts';
import type { SaeCheck, SaeFigures } from '../../shared/saeCheck.ts';
import { commandTitle } from '../commands/commandTitle.ts';
import type { EngineCrash, EngineState } from '../engine/engineClient.ts';
import { exitText } from '../engine/engineExit.ts';
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
    { title: t('Program'), rows: report.program },
    ...(diagnostics === undefined ? [] : aboutMachine(diagnostics)),
  ];
  const written = sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => `## ${title}\n\n${indented(columns(rows))}`);
  return [`# ${t('Monosem diagnostics')}`, ...written].join('\n\n') + '\n';
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
          [t('model'), choice.model],
          [t('problem'), why ?? t('The engine said nothing about the model.')],
        ]
      : [
          [t('model'), model.name],
          [t('file'), model.variant],
          [t('runs on'), place(model)],
          [t('because'), model.execution.reason],
          [t('self-test'), model.selfTest.summary],
        ];
  return { title: t('What runs where'), rows: [...rows, [t('written at'), at.toISOString()]] };
}

function place({ execution: { provider, deviceId } }: ModelDiagnostics): string {
  const name = providerName(provider);
  return deviceId === undefined ? name : t('{0}, device {1}', name, deviceId);
}

function aboutModel({ model, providers }: Diagnostics): readonly Section[] {
  const known = (isBundled: boolean): string =>
    providers
      .filter((provider) => provider.isBundled === isBundled)
      .map(({ name }) => providerName(name))
      .join(', ');
  const runtime: readonly Row[] = [
    [t('in this package'), known(true)],
    [t('to be installed'), known(false)],
  ].filter(([, names]) => names !== '');
  if (model === undefined) return [{ title: t('Execution providers'), rows: runtime }];
  return [
    { title: t('Execution providers'), rows: attemptRows(model) },
    { title: t('Execution providers of this onnxruntime'), rows: runtime },
    { title: t('Model'), rows: modelRows(model) },
    { title: t('Weights by type'), rows: weightRows(model) },
    { title: t('Self-test'), rows: selfTestRows(model) },
    {
      title: t('Time to open'),
      rows: model.timings.map(({ step, milliseconds }) => [step, timeText(milliseconds)]),
    },
  ];
}

function attemptRows({ execution: { attempts } }: ModelDiagnostics): readonly Row[] {
  return [
    [t('provider'), t('outcome'), t('time'), t('reason')],
    ...attempts.map(({ provider, outcome, milliseconds, reason }) => [
      providerName(provider),
      outcomeText(outcome),
      milliseconds === undefined ? '–' : timeText(milliseconds),
      reason,
    ]),
  ];
}

function outcomeText(outcome: ProviderAttempt['outcome']): string {
  switch (outcome) {
    case 'chosen':
      return t('chosen');
    case 'works':
      return t('works');
    case 'failed':
      return t('failed');
    case 'missing':
      return t('missing');
  }
}

function modelRows(model: ModelDiagnostics): readonly Row[] {
  const others = model.variants.filter((variant) => variant !== model.variant);
  return [
    [t('folder'), model.folder],
    [t('file'), model.variant],
    [t('why this file'), model.variantReason],
    [t('other files'), others.length === 0 ? t('none') : others.join(', ')],
    [t('architecture'), model.architecture],
    [t('layers'), layersText(model)],
    [t('width'), `${model.dModel}`],
    [t('sites'), `${model.sites}`],
    [t('KV cache'), yesNo(model.kvCache)],
    [t('dynamic quantization'), yesNo(model.dynamicallyQuantized)],
    [t('exported by'), model.producer === '' ? t('not said') : model.producer],
    [t('opsets'), model.opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ')],
  ];
}

function layersText({ layers, blocks }: ModelDiagnostics): string {
  return blocks === 'parallel' ? t('{0}, parallel', layers) : t('{0}, sequential', layers);
}

function weightRows({ weights }: ModelDiagnostics): readonly Row[] {
  const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = weights.map(({ type, bytes }) => [type, sizeText(bytes)]);
  return weights.length > 1 ? [...rows, [t('together'), sizeText(total)]] : rows;
}

function selfTestRows({ selfTest }: ModelDiagnostics): readonly Row[] {
  const { isEqual, maxDifference, tokens, summary: sentence } = selfTest;
  return [
    [t('result'), isEqual ? t('passed: equal bit for bit') : t('NOT equal')],
    [t('tokens compared'), countText(tokens)],
    [t('largest difference of a logit'), figureText(maxDifference)],
    [t('what follows'), sentence],
  ];
}

function aboutSaes({ saes }: DiagnosticsReport): readonly Section[] {
  const title = t('Sparse autoencoder');
  if (saes.length === 0) return [{ title, rows: [[t('folder'), t('none is chosen')]] }];
  return saes.map((report, index) => ({
    title: saes.length === 1 ? title : t('Sparse autoencoder {0} of {1}', index + 1, saes.length),
    rows: saeRows(report),
  }));
}

function saeRows({ sae, isPainted, facts, check, failure }: SaeReport): readonly Row[] {
  const rows: Row[] = [[t('folder'), sae]];
  if (facts !== undefined) {
    rows.push(
      [t('name'), facts.name],
      [t('site'), facts.site],
      [t('features'), `${countText(facts.features)}, ${facts.architecture}`],
      [t('feature store'), yesNo(facts.hasFeatureStore)],
    );
  }
  if (isPainted) rows.push([t('painted'), t('yes')]);
  if (check !== undefined) rows.push(...checkRows(check));
  if (failure !== undefined) rows.push([t('problem'), failure]);
  return rows;
}

function checkRows({ passes, verdict, remarks, expectedL0, trials }: SaeCheck): readonly Row[] {
  const rows: Row[] = [
    [t('check'), passes ? t('passed') : t('NOT passed')],
    [t('verdict'), verdict],
    ...remarks.map((remark) => [t('remark'), remark]),
  ];
  if (expectedL0 !== undefined) rows.push([t('L0 its files promise'), figureText(expectedL0)]);
  for (const { changes, how, figures } of trials) {
    rows.push([
      changes === 'nothing' ? t('read as configured') : t('read {0}', how),
      figuresText(figures),
    ]);
  }
  return rows;
}

function figuresText({ tokens, fvu, l0, deadShare, cosine }: SaeFigures): string {
  return t(
    'FVU {0}, L0 {1}, cosine {2}, {3} of the features silent, tokens: {4}',
    figureText(fvu),
    figureText(l0),
    figureText(cosine),
    percentText(deadShare),
    countText(tokens),
  );
}

function aboutSettings({ settings }: DiagnosticsReport): Section {
  const rows = settings.map(({ key, value, isDefault }) => [
    key,
    value === '' ? t('(empty)') : value,
    isDefault ? t('default') : t('changed'),
  ]);
  return { title: t('Settings'), rows };
}

function aboutEngine({ engine, activeFile }: DiagnosticsReport): Section {
  const { state, processId, crashes } = engine;
  const none = t('none');
  const rows: Row[] = [
    [t('state'), stateText(state)],
    [t('process'), processId === undefined ? none : `${processId}`],
    [t('active file'), activeFile ?? none],
    [t('crashes'), crashes.length === 0 ? t('none in this window') : countText(crashes.length)],
    ...crashes.map(({ at, exit }) => [at.toISOString(), exitText(exit)]),
  ];
  return { title: t('Engine'), rows };
}

function stateText(state: EngineState): string {
  switch (state) {
    case 'stopped':
      return t('not started');
    case 'starting':
      return t('starting');
    case 'running':
      return t('running');
    case 'crashed':
      return t('crashed; it is started again when it is needed');
    case 'givenUp':
      return t('crashed too often; “{0}” starts it again', commandTitle('restartEngine'));
  }
}

function aboutMachine({ platform, versions }: Diagnostics): readonly Section[] {
  return [
    { title: t('Machine'), rows: platform.map(({ name, value }) => [name, value]) },
    { title: t('Versions'), rows: versions.map(({ name, version }) => [name, version]) },
  ];
}

function yesNo(is: boolean): string {
  return is ? t('yes') : t('no');
}

function timeText(milliseconds: number): string {
  return milliseconds >= 1000
    ? t('{0} s', figureText(milliseconds / 1000))
    : t('{0} ms', figureText(milliseconds));
}

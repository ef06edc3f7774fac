// Everything Monosem adds to VS Code by name: commands, settings, views. package.json repeats it, because VS Code
// reads it there, with its texts in package.nls.json; a test holds the three together, in all directions.
import { providerSettings } from './engineProtocol.ts';
import { paletteNames } from './palette.ts';

export interface CommandContribution {
  readonly id: string;
  readonly title: string;
  /** Codicon, where the command appears as a button. */
  readonly icon?: string;
}

export const commandCategory = 'Monosem';

export const commands = {
  steerSelection: { id: 'monosem.steerSelection', title: 'Steer Selection', icon: '$(settings)' },
  saveSteeringPreset: {
    id: 'monosem.saveSteeringPreset',
    title: 'Save Steering Preset…',
    icon: '$(save)',
  },
  loadSteeringPreset: {
    id: 'monosem.loadSteeringPreset',
    title: 'Load Steering Preset…',
    icon: '$(folder-opened)',
  },
  copySteeringCommand: {
    id: 'monosem.copySteeringCommand',
    title: 'Copy Steering as Command',
    icon: '$(terminal)',
  },
  exportSteeringRun: {
    id: 'monosem.exportSteeringRun',
    title: 'Export Steering Run…',
    icon: '$(export)',
  },
  steerBetween: { id: 'monosem.steerBetween', title: 'More Like This, Less Like That' },
  sweepStrength: { id: 'monosem.sweepStrength', title: 'Sweep Strength' },
  openFeature: { id: 'monosem.openFeature', title: 'Open Feature…', icon: '$(search)' },
  toggleFeatures: { id: 'monosem.toggleFeatures', title: 'Show or Hide Features' },
  showActions: { id: 'monosem.showActions', title: 'Show Actions' },
  showAblationMap: { id: 'monosem.showAblationMap', title: 'Show Ablation Map' },
  changeView: { id: 'monosem.changeView', title: 'Change View…', icon: '$(eye)' },
  nextOccurrence: {
    id: 'monosem.nextOccurrence',
    title: 'Go to Next Occurrence of Feature',
    icon: '$(arrow-down)',
  },
  previousOccurrence: {
    id: 'monosem.previousOccurrence',
    title: 'Go to Previous Occurrence of Feature',
    icon: '$(arrow-up)',
  },
  showToken: { id: 'monosem.showToken', title: 'Show Token Details' },
  findSimilarTokens: { id: 'monosem.findSimilarTokens', title: 'Find Similar Tokens' },
  ablateFeatureHere: { id: 'monosem.ablateFeatureHere', title: 'Ablate Feature Here and See Loss' },
  boostFeatureHere: { id: 'monosem.boostFeatureHere', title: 'Boost Feature Here' },
  explainNextToken: { id: 'monosem.explainNextToken', title: 'Explain Next Token' },
  chooseTargetToken: {
    id: 'monosem.chooseTargetToken',
    title: 'Choose Target Token…',
    icon: '$(target)',
  },
  orderEffects: { id: 'monosem.orderEffects', title: 'Order Effects By…', icon: '$(list-ordered)' },
  refreshExplanation: {
    id: 'monosem.refreshExplanation',
    title: 'Refresh Explanation',
    icon: '$(refresh)',
  },
  pinFeature: { id: 'monosem.pinFeature', title: 'Pin Feature…', icon: '$(pin)' },
  unpinFeature: { id: 'monosem.unpinFeature', title: 'Unpin Feature', icon: '$(pinned)' },
  hideFeature: { id: 'monosem.hideFeature', title: 'Hide Feature' },
  copyFeatureLink: { id: 'monosem.copyFeatureLink', title: 'Copy Link to Feature' },
  rankFeatures: { id: 'monosem.rankFeatures', title: 'Rank Features By…', icon: '$(list-ordered)' },
  filterFeatures: { id: 'monosem.filterFeatures', title: 'Filter Features…', icon: '$(filter)' },
  clearFeatureFilter: {
    id: 'monosem.clearFeatureFilter',
    title: 'Clear Filter',
    icon: '$(clear-all)',
  },
  showFeatureInText: {
    id: 'monosem.showFeatureInText',
    title: 'Show Feature in Text',
    icon: '$(paintcan)',
  },
  goToToken: { id: 'monosem.goToToken', title: 'Go to Token' },
  computeLosses: { id: 'monosem.computeLosses', title: 'Compute Losses of Tokens' },
  compareFeatures: { id: 'monosem.compareFeatures', title: 'Compare Features…', icon: '$(diff)' },
  compareWithHead: { id: 'monosem.compareWithHead', title: 'Compare Features with Git HEAD' },
  closeComparison: { id: 'monosem.closeComparison', title: 'Close Comparison', icon: '$(close)' },
  showChange: { id: 'monosem.showChange', title: 'Go to Change' },
  stopAnalysis: { id: 'monosem.stopAnalysis', title: 'Stop Analysing This File' },
  resumeAnalysis: { id: 'monosem.resumeAnalysis', title: 'Resume Analysing This File' },
  useSae: { id: 'monosem.useSae', title: 'Use This Sparse Autoencoder', icon: '$(add)' },
  leaveOutSae: {
    id: 'monosem.leaveOutSae',
    title: 'Leave Out This Sparse Autoencoder',
    icon: '$(remove)',
  },
  openListedModel: {
    id: 'monosem.openListedModel',
    title: 'Open This Model',
    icon: '$(arrow-right)',
  },
  removeListedDownload: {
    id: 'monosem.removeListedDownload',
    title: 'Remove This Download…',
    icon: '$(trash)',
  },
  revealFolder: { id: 'monosem.revealFolder', title: 'Reveal Folder' },
  refreshModels: {
    id: 'monosem.refreshModels',
    title: 'Refresh Models and SAEs',
    icon: '$(refresh)',
  },
  getStarted: { id: 'monosem.getStarted', title: 'Get Started' },
  openSample: { id: 'monosem.openSample', title: 'Open Sample Story' },
  showSampleHover: { id: 'monosem.showSampleHover', title: 'Show a Hover in the Sample Story' },
  openModelFolder: { id: 'monosem.openModelFolder', title: 'Open Model Folder…' },
  chooseSaes: {
    id: 'monosem.chooseSaes',
    title: 'Choose Sparse Autoencoders…',
    icon: '$(checklist)',
  },
  showFeaturesOf: { id: 'monosem.showFeaturesOf', title: 'Show Features Of…' },
  addModel: { id: 'monosem.addModel', title: 'Add Model…' },
  addSae: { id: 'monosem.addSae', title: 'Add SAE…' },
  removeDownload: { id: 'monosem.removeDownload', title: 'Remove Download…' },
  setHubToken: { id: 'monosem.setHubToken', title: 'Set Hub Token…' },
  showDiagnostics: { id: 'monosem.showDiagnostics', title: 'Show Diagnostics' },
  openSettings: { id: 'monosem.openSettings', title: 'Open Settings' },
  restartEngine: { id: 'monosem.restartEngine', title: 'Restart Engine' },
  clearAnalysisCache: { id: 'monosem.clearAnalysisCache', title: 'Clear Analysis Cache' },
  showLog: { id: 'monosem.showLog', title: 'Show Log' },
} as const satisfies Readonly<Record<string, CommandContribution>>;

export type CommandName = keyof typeof commands;

/** `range` bounds numbers, both ends included; `pattern` is a regular expression that VS Code marks other texts by. */
export type SettingContribution =
  | { readonly key: string; readonly type: 'boolean'; readonly default: boolean }
  | {
      readonly key: string;
      readonly type: 'string';
      readonly default: string;
      readonly pattern?: string;
    }
  | {
      readonly key: string;
      readonly type: 'list';
      readonly default: readonly string[];
      /** Of each entry. */
      readonly pattern?: string;
    }
  | {
      readonly key: string;
      readonly type: 'enum';
      readonly default: string;
      readonly values: readonly string[];
    }
  | {
      readonly key: string;
      readonly type: 'integer' | 'number';
      readonly default: number;
      readonly range: readonly [least: number, most: number];
    };

export const settingSection = 'monosem';

/** Keys without the section. */
export const settings = {
  enabled: { key: 'enabled', type: 'boolean', default: true },
  model: { key: 'model', type: 'string', default: '' },
  modelVariant: { key: 'modelVariant', type: 'string', default: '', pattern: '^$|\\.onnx$' },
  saes: { key: 'saes', type: 'list', default: [] },
  executionProvider: {
    key: 'executionProvider',
    type: 'enum',
    default: 'auto',
    values: providerSettings,
  },
  deviceId: { key: 'deviceId', type: 'integer', default: 0, range: [0, 63] },
  topK: { key: 'features.topK', type: 'integer', default: 5, range: [1, 32] },
  threshold: { key: 'features.threshold', type: 'integer', default: 0, range: [0, 100] },
  maxDensity: { key: 'features.maxDensity', type: 'number', default: 100, range: [0, 100] },
  ignoreBos: { key: 'features.ignoreBos', type: 'boolean', default: true },
  hidden: { key: 'features.hidden', type: 'list', default: [], pattern: '^.+/\\d+$' },
  palette: {
    key: 'decorations.palette',
    type: 'enum',
    default: 'standard',
    values: paletteNames,
  },
  lineLabels: { key: 'decorations.lineLabels', type: 'boolean', default: false },
  predictions: { key: 'analysis.predictions', type: 'boolean', default: false },
  maxFileKB: { key: 'analysis.maxFileKB', type: 'integer', default: 256, range: [1, 16_384] },
  cacheMB: { key: 'analysis.cacheMB', type: 'integer', default: 256, range: [0, 16_384] },
  hubEndpoint: { key: 'hub.endpoint', type: 'string', default: '', pattern: '^$|^https?://' },
  hubCacheFolder: { key: 'hub.cacheFolder', type: 'string', default: '' },
} as const satisfies Readonly<Record<string, SettingContribution>>;

export type SettingName = keyof typeof settings;

type ValueOf<Setting> = Setting extends { readonly values: readonly (infer Value)[] }
  ? Value
  : Setting extends { readonly type: infer Type extends keyof ValueByType }
    ? ValueByType[Type]
    : never;

interface ValueByType {
  readonly boolean: boolean;
  readonly string: string;
  readonly list: readonly string[];
  readonly integer: number;
  readonly number: number;
}

export type SettingValue<Name extends SettingName> = ValueOf<(typeof settings)[Name]>;

/** Settings that say what is loaded and from where: a workspace that is not trusted may not choose them. */
export const restrictedSettings: readonly SettingName[] = [
  'model',
  'modelVariant',
  'saes',
  'hubEndpoint',
  'hubCacheFolder',
];

/** URI scheme of documents that Monosem writes itself. */
export const documentScheme = 'monosem';

/** URI scheme of texts that Monosem shows and analyses, e.g. continuations. */
export const textScheme = 'monosem-text';

/** Names for `when` clauses. */
export const contextKeys = {
  /** Kind of the chosen view. */
  view: 'monosem.view',
  /** The pinned features and the one that is followed have occurrences to go to. */
  hasOccurrences: 'monosem.hasOccurrences',
  hasComparison: 'monosem.hasComparison',
  /** A next token has been explained. */
  hasExplanation: 'monosem.hasExplanation',
  /** The active editor is being analysed. */
  isAnalysing: 'monosem.isAnalysing',
  /** Some editor shows a text: there is something to steer, compare and look at. */
  isReading: 'monosem.isReading',
  hasSeveralSaes: 'monosem.hasSeveralSaes',
  /** The steering panel is open. */
  isSteering: 'monosem.isSteering',
  /** Somebody stopped its analysis. */
  isStopped: 'monosem.isStopped',
  /** Why no features of the file are listed: a `FileFeaturesState`. */
  fileFeatures: 'monosem.fileFeaturesState',
  /** Something was typed to narrow the list of features down. */
  hasFeatureFilter: 'monosem.hasFeatureFilter',
} as const;

/** The first five minutes. */
export const walkthrough = 'monosem.start';

export const viewContainer = 'monosem';
/** Features of the active file, ranked. */
export const fileFeaturesView = 'monosem.fileFeatures';
/** Tokens of the active file with their features, and what the model expected. */
export const tokensView = 'monosem.tokens';
/** Why the model expects what it expects in one place. */
export const nextTokenView = 'monosem.nextToken';
/** Pinned and recent features. */
export const collectionView = 'monosem.collection';
/** What an edit or another text does to the features. */
export const comparisonView = 'monosem.comparison';
/** Models and SAEs. */
export const modelsView = 'monosem.models';
/** Side panel with one feature's examples. */
export const featureView = 'monosem.feature';
/** Panel with baseline and steered continuation. */
export const steerPanel = 'monosem.steer';

// Everything Monosem adds to VS Code by name: commands, settings, views. package.json repeats it, because VS Code
// reads it there; a test holds the two together, in both directions.

export interface CommandContribution {
  readonly id: string;
  readonly title: string;
  /** Codicon, where the command appears as a button. */
  readonly icon?: string;
}

export const commandCategory = 'Monosem';

export const commands = {
  steerSelection: { id: 'monosem.steerSelection', title: 'Steer Selection', icon: '$(settings)' },
  openFeature: { id: 'monosem.openFeature', title: 'Open Feature…', icon: '$(search)' },
  toggleFeatures: { id: 'monosem.toggleFeatures', title: 'Show or Hide Features' },
  showActions: { id: 'monosem.showActions', title: 'Show Actions' },
  chooseModel: { id: 'monosem.chooseModel', title: 'Choose Model Folder…' },
  chooseSae: { id: 'monosem.chooseSae', title: 'Choose Sparse Autoencoder Folder…' },
  openSettings: { id: 'monosem.openSettings', title: 'Open Settings' },
  restartEngine: { id: 'monosem.restartEngine', title: 'Restart Engine' },
  showLog: { id: 'monosem.showLog', title: 'Show Log' },
} as const satisfies Readonly<Record<string, CommandContribution>>;

export type CommandName = keyof typeof commands;

/** `range` bounds numbers, both ends included. */
export type SettingContribution =
  | { readonly key: string; readonly type: 'boolean'; readonly default: boolean }
  | { readonly key: string; readonly type: 'string'; readonly default: string }
  | {
      readonly key: string;
      readonly type: 'integer';
      readonly default: number;
      readonly range: readonly [least: number, most: number];
    };

export const settingSection = 'monosem';

/** Keys without the section. */
export const settings = {
  enabled: { key: 'enabled', type: 'boolean', default: true },
  model: { key: 'model', type: 'string', default: '' },
  sae: { key: 'sae', type: 'string', default: '' },
  topK: { key: 'features.topK', type: 'integer', default: 5, range: [1, 32] },
  maxFileKB: { key: 'analysis.maxFileKB', type: 'integer', default: 256, range: [1, 16_384] },
} as const satisfies Readonly<Record<string, SettingContribution>>;

export type SettingName = keyof typeof settings;

export type SettingValue<Name extends SettingName> = {
  boolean: boolean;
  string: string;
  integer: number;
}[(typeof settings)[Name]['type']];

/** Settings that name files to load: a workspace that is not trusted may not choose them. */
export const restrictedSettings: readonly SettingName[] = ['model', 'sae'];

export const viewContainer = 'monosem';
/** Side panel with one feature's examples. */
export const featureView = 'monosem.feature';
/** Panel with baseline and steered continuation. */
export const steerPanel = 'monosem.steer';

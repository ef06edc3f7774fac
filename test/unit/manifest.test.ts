// package.json and contributions.ts say the same, in both directions.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  commandCategory,
  commands,
  featureView,
  restrictedSettings,
  settingSection,
  settings,
  steerPanel,
  viewContainer,
} from '../../src/shared/contributions.ts';
import type { CommandContribution, SettingContribution } from '../../src/shared/contributions.ts';
import { version } from '../../src/shared/version.ts';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: unknown;
  readonly enumDescriptions?: readonly string[];
  readonly order: number;
  readonly markdownDescription: string;
}

interface Manifest {
  readonly version: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly icon?: string;
    }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly viewsContainers: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string }[]>
    >;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
  };
}

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Manifest;
const { contributes } = manifest;
const allCommands: readonly CommandContribution[] = Object.values(commands);
const allSettings: readonly SettingContribution[] = Object.values(settings);

const typesInManifest: Readonly<Record<SettingContribution['type'], string>> = {
  boolean: 'boolean',
  string: 'string',
  list: 'array',
  enum: 'string',
  integer: 'integer',
};

test('commands', () => {
  const inManifest = contributes.commands.map(({ command, title, category, icon }) => {
    expect(category).toBe(commandCategory);
    return { id: command, title, ...(icon !== undefined && { icon }) };
  });
  expect(inManifest).toEqual(allCommands);
});

test('menus and key bindings name existing commands', () => {
  const ids = allCommands.map(({ id }) => id);
  const used = [...contributes.keybindings, ...Object.values(contributes.menus).flat()];
  for (const { command } of used) expect(ids).toContain(command);
  const inContextMenu = contributes.menus['editor/context']?.map(({ command }) => command);
  expect(inContextMenu).toContain(commands.steerSelection.id);
});

test('settings: keys, types, defaults, bounds and choices', () => {
  const expected = allSettings.map((setting) => [
    `${settingSection}.${setting.key}`,
    {
      type: typesInManifest[setting.type],
      default: setting.default,
      enum: setting.type === 'enum' ? setting.values : undefined,
      items: setting.type === 'list' ? { type: 'string' } : undefined,
      minimum: setting.type === 'integer' ? setting.range[0] : undefined,
      maximum: setting.type === 'integer' ? setting.range[1] : undefined,
    },
  ]);
  const inManifest = Object.entries(contributes.configuration.properties).map(([key, property]) => {
    const { type, default: standard, minimum, maximum, items } = property;
    expect(property.markdownDescription.length).toBeGreaterThan(30);
    expect(property.enumDescriptions?.length).toBe(property.enum?.length);
    return [key, { type, default: standard, enum: property.enum, items, minimum, maximum }];
  });
  expect(inManifest).toEqual(expected);
});

test('settings are listed in the order of the manifest', () => {
  const properties = Object.values(contributes.configuration.properties);
  expect(properties.map(({ order }) => order)).toEqual(properties.map((_, index) => index + 1));
});

test('an untrusted workspace may not choose what is loaded', () => {
  const keys = restrictedSettings.map((name) => `${settingSection}.${settings[name].key}`);
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(keys);
});

test('views, and what wakes the extension', () => {
  expect(
    Object.values(contributes.viewsContainers)
      .flat()
      .map(({ id }) => id),
  ).toEqual([viewContainer]);
  expect(contributes.views[viewContainer]?.map(({ id }) => id)).toEqual([featureView]);
  expect(manifest.activationEvents).toEqual(['onStartupFinished', `onWebviewPanel:${steerPanel}`]);
});

test('version and pictures', () => {
  expect(version).toBe(manifest.version);
  const pictures = [
    manifest.icon,
    'media/icon.svg',
    ...Object.values(contributes.viewsContainers)
      .flat()
      .map(({ icon }) => icon),
  ];
  for (const picture of pictures)
    expect(existsSync(fileURLToPath(new URL(picture, root)))).toBe(true);
});

// package.json and contributions.ts say the same, in both directions; what people read of it is in package.nls.json.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { welcomeStates } from '../../src/host/display/features/fileFeaturesState.ts';
import {
  collectionView,
  commandCategory,
  commands,
  comparisonView,
  contextKeys,
  featureView,
  fileFeaturesView,
  modelsView,
  nextTokenView,
  restrictedSettings,
  settingSection,
  settings,
  steerPanel,
  tokensView,
  viewContainer,
} from '../../src/shared/contributions.ts';
import type { CommandContribution, SettingContribution } from '../../src/shared/contributions.ts';
import { themeColours } from '../../src/shared/themeColours.ts';
import type { ThemeColourContribution } from '../../src/shared/themeColours.ts';
import { version } from '../../src/shared/version.ts';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: { readonly pattern?: string; readonly patternErrorMessage?: string };
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
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
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly viewsContainers: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string }[]>
    >;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when?: string;
    }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly colors: readonly ThemeColourContribution[];
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
  };
}

const root = new URL('../../', import.meta.url);
const source = readFileSync(new URL('package.json', root), 'utf8');
const texts = JSON.parse(readFileSync(new URL('package.nls.json', root), 'utf8')) as Readonly<
  Record<string, string>
>;
/** The key of a text, of a whole string `%key%`. */
const keyOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
/** As VS Code reads it: with the texts of package.nls.json in their places. */
const manifest = JSON.parse(source, (_, value: unknown) => {
  const key = keyOf(value);
  return key === undefined ? value : texts[key];
}) as Manifest;
const { contributes } = manifest;
const allCommands: readonly CommandContribution[] = Object.values(commands);
const allSettings: readonly SettingContribution[] = Object.values(settings);

const typesInManifest: Readonly<Record<SettingContribution['type'], string>> = {
  boolean: 'boolean',
  string: 'string',
  list: 'array',
  enum: 'string',
  integer: 'integer',
  number: 'number',
};

test('commands', () => {
  const inManifest = contributes.commands.map(({ command, title, category, icon }) => {
    expect(category).toBe(commandCategory);
    return { id: command, title, ...(icon !== undefined && { icon }) };
  });
  expect(inManifest).toEqual(allCommands);
});

/** Properties of the manifest whose values people read, lists of texts included. */
const readByPeople = new Set([
  ...['displayName', 'title', 'shortTitle', 'category', 'description', 'markdownDescription'],
  ...['contextualTitle', 'contents', 'label', 'altText', 'enumDescriptions', 'enumItemLabels'],
  ...['markdownEnumDescriptions', 'patternErrorMessage'],
]);

test('every text that people read is in package.nls.json, under a key that is used', () => {
  const literal: string[] = [];
  const used = new Set<string>();
  JSON.parse(source, function (this: unknown, name, value: unknown) {
    const key = keyOf(value);
    if (key !== undefined) used.add(key);
    const values = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    const isView = typeof this === 'object' && this !== null && 'id' in this && name === 'name';
    if (readByPeople.has(name) || isView)
      literal.push(
        ...values
          .filter((text) => typeof text === 'string' && keyOf(text) === undefined)
          .map(String),
      );
    return value;
  });
  expect(literal, 'write %key% in package.json and the text into package.nls.json').toEqual([]);
  expect([...used].sort()).toEqual(Object.keys(texts).sort());
  for (const text of Object.values(texts)) expect(text.trim()).toBe(text);
});

test('menus and key bindings name existing commands', () => {
  const ids = allCommands.map(({ id }) => id);
  const used = [...contributes.keybindings, ...Object.values(contributes.menus).flat()];
  for (const { command } of used) if (command !== undefined) expect(ids).toContain(command);
  const inContextMenu = contributes.menus['editor/context']?.map(({ command }) => command);
  expect(inContextMenu).toContain(commands.steerSelection.id);
});

const patternOf = (setting: SettingContribution): string | undefined =>
  'pattern' in setting ? setting.pattern : undefined;

test('settings: keys, types, defaults, bounds and choices', () => {
  const expected = allSettings.map((setting) => [
    `${settingSection}.${setting.key}`,
    {
      type: typesInManifest[setting.type],
      default: setting.default,
      enum: setting.type === 'enum' ? setting.values : undefined,
      items: setting.type === 'list' ? { type: 'string', pattern: patternOf(setting) } : undefined,
      pattern: setting.type === 'list' ? undefined : patternOf(setting),
      minimum: 'range' in setting ? setting.range[0] : undefined,
      maximum: 'range' in setting ? setting.range[1] : undefined,
    },
  ]);
  const inManifest = Object.entries(contributes.configuration.properties).map(([key, property]) => {
    const { type, default: standard, minimum, maximum, pattern, items } = property;
    const { patternErrorMessage: message, ...item } = items ?? {};
    const explanation = pattern === undefined ? message : property.patternErrorMessage;
    expect(explanation !== undefined, key).toBe((pattern ?? item.pattern) !== undefined);
    expect(property.markdownDescription.length).toBeGreaterThan(30);
    expect(property.enumDescriptions?.length).toBe(property.enum?.length);
    return [
      key,
      {
        ...{ type, default: standard, enum: property.enum, pattern, minimum, maximum },
        items: items && item,
      },
    ];
  });
  expect(inManifest).toEqual(expected);
});

test('settings are listed in the order of the manifest', () => {
  const properties = Object.values(contributes.configuration.properties);
  expect(properties.map(({ order }) => order)).toEqual(properties.map((_, index) => index + 1));
});

test('theme colours', () => {
  const wanted = themeColours.map((colour) => ({
    ...colour,
    description: texts[keyOf(colour.description) ?? ''],
  }));
  expect(contributes.colors, 'run node scripts/writeThemeColours.ts').toEqual(wanted);
  const ids = themeColours.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, description, defaults } of contributes.colors) {
    // As VS Code wants them, else it drops the colour.
    expect(id).toMatch(/^monosem(\.\w+)+$/);
    expect(description.length).toBeGreaterThan(20);
    for (const value of Object.values(defaults))
      expect(value).toMatch(/^#[\da-f]{6}([\da-f]{2})?$/);
  }
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
  expect(contributes.views[viewContainer]?.map(({ id }) => id)).toEqual([
    ...[fileFeaturesView, featureView, tokensView, nextTokenView],
    ...[collectionView, comparisonView, modelsView],
  ]);
  expect(manifest.activationEvents).toEqual([
    'onStartupFinished',
    'onUri',
    `onWebviewPanel:${steerPanel}`,
  ]);
});

test('every reason why no features are listed has a welcome text, whose links run commands', () => {
  const own = contributes.viewsWelcome.filter(({ view }) => view === fileFeaturesView);
  expect(own.map(({ when }) => when)).toEqual(
    welcomeStates.map((state) => `${contextKeys.fileFeatures} == ${state}`),
  );
  const ids = allCommands.map(({ id }) => id);
  for (const { contents } of contributes.viewsWelcome) {
    const linked = [...contents.matchAll(/\(command:(monosem\.[^)?]+)/g)].map(([, id]) => id);
    for (const id of linked) expect(ids).toContain(id);
  }
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

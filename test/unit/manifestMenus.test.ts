// What the manifest offers, and when: commands that can do nothing are not offered, conditions name what there is, and
// titles read like those of VS Code.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import {
  commands,
  contextKeys,
  settingSection,
  settings,
  walkthrough,
} from '../../src/shared/contributions.ts';

interface Item {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

interface Contributions {
  readonly commands: readonly { readonly command: string; readonly title: string }[];
  readonly keybindings: readonly (Item & { readonly key: string; readonly mac?: string })[];
  readonly menus: Readonly<Record<string, readonly Item[]>>;
  readonly submenus: readonly { readonly id: string }[];
  readonly views: Readonly<Record<string, readonly (Item & { readonly id: string })[]>>;
  readonly viewsWelcome?: readonly (Item & { readonly view: string; readonly contents: string })[];
  readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = JSON.parse(read('package.json'), (_, value: unknown) =>
  typeof value === 'string'
    ? value.replace(/^%(.+)%$/, (all, key: string) => texts[key] ?? all)
    : value,
) as { readonly contributes: Contributions };

const viewIds = Object.values(contributes.views)
  .flat()
  .map(({ id }) => id);
const ids = Object.values(commands).map(({ id }) => id);
const inMenus = Object.entries(contributes.menus).flatMap(([menu, items]) =>
  items.map((item) => ({ menu, ...item })),
);
const conditions = [
  ...inMenus,
  ...contributes.keybindings,
  ...Object.values(contributes.views).flat(),
  ...(contributes.viewsWelcome ?? []),
]
  .map(({ when }) => when)
  .filter((when) => when !== undefined);

/** Context keys of VS Code that conditions use. */
const keysOfVsCode = new Set([
  ...[
    'editorTextFocus',
    'editorHasSelection',
    'editorIsOpen',
    'isInDiffEditor',
    'textCompareEditorVisible',
  ],
  ...[
    'view',
    'viewItem',
    'resourceScheme',
    'resourceLangId',
    'listDoubleSelection',
    'listMultiSelection',
  ],
  ...[
    'explorerResourceIsFolder',
    'remoteName',
    'gitOpenRepositoryCount',
    'isWorkspaceTrusted',
    'notebookEditorFocused',
  ],
  ...[
    'config.monosem.enabled',
    'resourcePath',
    'isWeb',
    'activeEditor',
    'activeWebviewPanelId',
    'scmProvider',
    'inputFocus',
  ],
]);

/** Names in a condition: no literals, no patterns, not what stands right of a comparison. */
function keysIn(when: string): readonly string[] {
  const bare = when
    .replaceAll(/=~\s*\/(?:\\.|[^/\\])*\/\w*/g, '')
    .replaceAll(/(?:===?|!==?|<=?|>=?)\s*('[^']*'|[\w.:-]+)/g, '')
    .replaceAll(/\b(?:not )?in\b\s*[\w.:-]+/g, '');
  return [...bare.matchAll(/[A-Za-z][\w.:-]*/g)]
    .map(([name]) => name)
    .filter((name) => name !== 'true' && name !== 'false');
}

/** Texts of all source files in a folder. */
function sources(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(path.join(folder, name)));
}

describe('conditions', () => {
  test('name keys of VS Code or of contributions.ts', () => {
    const own = new Set<string>(Object.values(contextKeys));
    const unknown = conditions
      .flatMap(keysIn)
      .filter((key) => !keysOfVsCode.has(key) && !own.has(key));
    expect(unknown).toEqual([]);
  });

  test('the keys of a condition are found', () => {
    expect(keysIn("view =~ /^monosem\\./ && !(a.b == 'c d' || d != e) && f > 0 && true")).toEqual([
      'view',
      'a.b',
      'd',
      'f',
    ]);
  });

  test('every key of contributions.ts is set somewhere', () => {
    const setters = sources('src').filter((text) => /setContext|ToldContext/.test(text));
    for (const [name, key] of Object.entries(contextKeys)) {
      if (!conditions.some((when) => keysIn(when).includes(key))) continue;
      expect(
        setters.some((text) => text.includes(`contextKeys.${name}`)),
        key,
      ).toBe(true);
    }
  });

  test('views in conditions exist, and kinds of entries are made by a tree', () => {
    const trees = sources('src').join('\n');
    for (const when of conditions) {
      for (const [, view] of when.matchAll(/\bview == ([\w.]+)/g)) expect(viewIds).toContain(view);
      for (const [, item] of when.matchAll(/\bviewItem == (\w+)/g))
        expect(trees, `nothing makes a viewItem ${item ?? ''}`).toContain(`'${item ?? ''}'`);
    }
  });
});

describe('menus', () => {
  test('what needs a list entry, or can do nothing, is not in the command palette', () => {
    const palette = contributes.menus['commandPalette'] ?? [];
    const onlyOnEntries = inMenus
      .filter(({ menu, command }) => menu === 'view/item/context' && command !== undefined)
      .map(({ command }) => command)
      .filter((command) =>
        ['unpinFeature', 'useSae', 'leaveOutSae'].some((name) => command === `monosem.${name}`),
      );
    for (const command of onlyOnEntries)
      expect(palette.find((item) => item.command === command)?.when).toBe('false');
  });

  test('a command has one condition in each place', () => {
    for (const [menu, items] of Object.entries(contributes.menus)) {
      const places = items.map(
        ({ command, submenu, when }) => `${command ?? submenu ?? ''} ${when ?? ''}`,
      );
      expect(new Set(places).size, menu).toBe(places.length);
    }
  });

  test('submenus that are shown exist and hold something', () => {
    const known = contributes.submenus.map(({ id }) => id);
    for (const { submenu } of inMenus) if (submenu !== undefined) expect(known).toContain(submenu);
    for (const id of known) expect(contributes.menus[id]?.length ?? 0).toBeGreaterThan(0);
  });

  test('buttons have a codicon', () => {
    const isButton = ({ menu, group }: { menu: string; group?: string }): boolean =>
      (menu === 'view/title' && group?.startsWith('navigation') === true) ||
      (menu === 'editor/title' && group?.startsWith('navigation') === true) ||
      group?.startsWith('inline') === true;
    for (const item of inMenus.filter(isButton)) {
      const found = Object.values(commands).find(({ id }) => id === item.command);
      expect(found && 'icon' in found ? found.icon : '', item.command).toMatch(/^\$\([a-z-]+\)$/);
    }
  });
});

describe('documentation', () => {
  const pages = ['README.md', 'docs/reading.md', 'docs/places.md'].map(read).join('\n');

  test.each(Object.values(settings))('says what the setting $key is for', ({ key }) => {
    expect(pages).toContain(`\`${settingSection}.${key}\``);
  });

  test('says the keys that commands have', () => {
    const spelled = (key: string): string => {
      const chords = key.split(' ').map((chord) =>
        chord
          .split('+')
          .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
          .join('+'),
      );
      return `\`${chords.join(' ')}\``;
    };
    for (const { key } of contributes.keybindings)
      expect(read('docs/reading.md')).toContain(spelled(key));
  });
});

describe('titles of commands', () => {
  const small = new Set([
    'a',
    'an',
    'and',
    'as',
    'by',
    'for',
    'in',
    'of',
    'or',
    'the',
    'to',
    'with',
  ]);

  test.each(contributes.commands)('$title', ({ title }) => {
    const words = title.replace(/…$/, '').split(' ');
    for (const [n, word] of words.entries()) {
      const isSmall = n > 0 && n < words.length - 1 && small.has(word);
      if (!isSmall) expect(word).toMatch(/^[A-Z]/);
    }
    expect(title).not.toMatch(/\.\.\.|[.:]$|Monosem/);
  });
});

describe('the walkthrough', () => {
  const [start] = contributes.walkthroughs;
  const steps = start?.steps ?? [];

  test('is the one that “Get Started” opens', () => {
    expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([walkthrough]);
    expect(steps.length).toBeGreaterThan(4);
  });

  test.each(steps)('step $id has a picture, and what it names exists', (step) => {
    const { description, media, completionEvents } = step;
    expect(existsSync(path.join(root, media.svg))).toBe(true);
    expect(media.altText).toMatch(/^[A-Z].*\.$/);
    const links = [...description.matchAll(/\]\(command:(?:toSide:)?([\w.]+)\)/g)].map(
      ([, id]) => id ?? '',
    );
    for (const link of links) {
      const view = link.replace(/\.focus$/, '');
      expect(link.endsWith('.focus') ? viewIds : ids).toContain(
        link.endsWith('.focus') ? view : link,
      );
    }
    for (const event of completionEvents) {
      const [, kind, name = ''] = /^(onCommand|onView):(.+)$/.exec(event) ?? [];
      if (kind === 'onView') expect(viewIds).toContain(name);
      else if (name.startsWith('monosem.')) expect(ids).toContain(name);
      else expect(['editor.action.showHover']).toContain(name);
    }
    expect(completionEvents.length).toBeGreaterThan(0);
  });

  test('its pictures follow the theme', () => {
    for (const { media } of steps) {
      const colours = [...read(media.svg).matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(
        ([, colour]) => colour,
      );
      expect(colours.length).toBeGreaterThan(0);
      for (const colour of colours) expect(colour).toMatch(/^(none|var\(--vscode-)/);
    }
  });
});

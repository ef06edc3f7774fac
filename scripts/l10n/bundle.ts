// The base for translators, l10n/bundle.l10n.json: every text under itself, in a fixed order. VS Code reads the
// translations beside it, bundle.l10n.LANGUAGE.json, with the same keys.
import fs from 'node:fs';
import path from 'node:path';
import { commands } from '../../src/shared/contributions.ts';
import { root } from '../setup/paths.mjs';
import { sources } from './sources.ts';
import { collectTexts } from './texts.ts';

export const bundleFile = path.join(root, 'l10n', 'bundle.l10n.json');

export interface Base {
  readonly content: string;
  readonly problems: readonly string[];
}

/** What the file has to be; titles of commands are in it because buttons and sentences repeat them. */
export function baseBundle(): Base {
  const { texts, problems } = collectTexts(sources());
  const titles = Object.values(commands).map(({ title }) => title);
  return { content: contentOf(new Set([...texts, ...titles])), problems };
}

function contentOf(texts: ReadonlySet<string>): string {
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
  const entries = Object.fromEntries(sorted.map((text) => [text, text]));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

export function readTexts(file: string): Readonly<Record<string, string>> {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
}

// Makes a language one that VS Code for the browser has, without a single text of VS Code itself: extensions are then
// loaded with their own texts in it.
import fs from 'node:fs';
import path from 'node:path';
import type { Profile } from './profile.ts';

/** @param language e.g. `de` */
export function speakLanguage({ userData }: Profile, language: string): void {
  const texts = path.join(userData, `texts.${language}.json`);
  fs.writeFileSync(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const extensions = [{ extensionIdentifier: { id: 'monosem.language' }, version: '1.0.0' }];
  const packs = {
    [language]: { hash: 'empty', label: language, extensions, translations: { vscode: texts } },
  };
  fs.writeFileSync(path.join(userData, 'languagepacks.json'), JSON.stringify(packs));
  fs.writeFileSync(path.join(userData, 'config.yaml'), `locale: ${language}\n`);
}

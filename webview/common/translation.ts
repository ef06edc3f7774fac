// The words of the user's language, which the extension put into the page as data. A view installs them before it
// draws anything.
import { useTranslation } from '../../src/shared/l10n.ts';

/** Without a translation in the page, all stays English. */
export function speakUsersLanguage(): void {
  const texts = textsIn(document.getElementById('texts')?.textContent ?? '');
  if (texts !== undefined) {
    useTranslation((english) => texts.get(english), document.documentElement.lang);
  }
}

function textsIn(json: string): ReadonlyMap<string, string> | undefined {
  if (json === '') return undefined;
  return new Map(Object.entries(JSON.parse(json) as Readonly<Record<string, string>>));
}

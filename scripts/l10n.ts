// `npm run l10n`: brings the base for translators up to date with the sources, and says which translations then lack
// a text or have one that is gone.
import fs from 'node:fs';
import path from 'node:path';
import { baseBundle, bundleFile, readTexts } from './l10n/bundle.ts';

const { content, problems } = baseBundle();
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
fs.mkdirSync(path.dirname(bundleFile), { recursive: true });
fs.writeFileSync(bundleFile, content);
const base = Object.keys(readTexts(bundleFile));
process.stdout.write(`${String(base.length)} texts are in ${bundleFile}.\n`);
for (const name of fs.readdirSync(path.dirname(bundleFile))) {
  const file = path.join(path.dirname(bundleFile), name);
  if (file === bundleFile) continue;
  const translated = Object.keys(readTexts(file));
  for (const text of base) if (!translated.includes(text)) report(name, 'lacks', text);
  for (const text of translated) if (!base.includes(text)) report(name, 'no longer needs', text);
}

function report(file: string, verb: string, text: string): void {
  process.stdout.write(`${file} ${verb}: ${text}\n`);
}

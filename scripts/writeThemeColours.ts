// Writes the theme colours of src/shared/themeColours.ts into package.json; run after a change of the palette. The
// descriptions they name belong into package.nls.json.
import fs from 'node:fs';
import path from 'node:path';
import { themeColours } from '../src/shared/themeColours.ts';
import { root } from './setup/paths.mjs';

interface Manifest {
  readonly contributes: object;
}

const file = path.join(root, 'package.json');
const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest;
Object.assign(manifest.contributes, { colors: themeColours });
fs.writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(`${themeColours.length} theme colours written to ${file}`);

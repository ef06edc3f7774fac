// Where set-up keeps things. Everything it downloads lies in node_modules/ and .cache/, both outside git.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const cacheFolder = path.join(root, '.cache');

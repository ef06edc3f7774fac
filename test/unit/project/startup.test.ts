// What a window pays for before the extension is used: the files that are loaded when it is activated.
import path from 'node:path';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';

/** Source files that are loaded with the entry of the extension, not by an `import()` later. */
async function loadedAtStart(): Promise<readonly string[]> {
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: ['src/extension.ts'], outdir: 'unused' },
    ...{ bundle: true, splitting: true, write: false, metafile: true },
    ...{ platform: 'node', format: 'esm', external: ['vscode'], logLevel: 'silent' },
  });
  const { outputs }: Metafile = metafile;
  const entry = Object.keys(outputs).find((name) => path.basename(name) === 'extension.js') ?? '';
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name) || outputs[name] === undefined) return;
    reached.add(name);
    for (const { kind, path: imported } of outputs[name].imports)
      if (kind === 'import-statement') visit(imported);
  };
  visit(entry);
  return [...reached].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
}

test('no window loads what it needs only when somebody asks', async () => {
  const files = await loadedAtStart();
  expect(files).toContain('src/surfaces.ts');
  const late = [
    /^node_modules\//,
    /^src\/host\/engine\/engineProcess\.ts$/,
    /^src\/host\/api\/(analyse|features|steer)\.ts$/,
    /^src\/providers\/hub\//,
    /Picker\.ts$/,
    /^src\/onDemand\.ts$/,
  ];
  expect(files.filter((file) => late.some((pattern) => pattern.test(file)))).toEqual([]);
});

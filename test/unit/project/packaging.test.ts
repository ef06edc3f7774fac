// What is shipped, judged by .vscodeignore: everything the extension loads, nothing else.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { narrowToPlatform, targets } from '../../../scripts/packaging.ts';
import { packageReadme } from '../../../scripts/packExtension.ts';
import { root } from '../../../scripts/setup/paths.mjs';

const allowList = fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8');
const shippedPackages = ['onnxruntime-node', 'onnxruntime-common', 'tokenizers'];

/** vsce's rule: a file is shipped if nothing excludes it, or a line with ! names it. */
function shipped(files: readonly string[], ignoreFile: string): string[] {
  const lines = ignoreFile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const named = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(lines).toContain('**');
  return files.filter((file) => named.some((pattern) => path.matchesGlob(file, pattern)));
}

function filesUnder(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
const built = [
  'extension.cjs',
  'extension-ABCDEFGH.cjs',
  'engine.cjs',
  'cli.mjs',
  'webview/feature.js',
  'webview/feature.css',
]
  .flatMap((name) => [`dist/${name}`, `dist/${name}.map`])
  .concat('dist/test/suite/run.cjs');
const libraries = shippedPackages.flatMap((name) => filesUnder(`node_modules/${name}`));
/** What using a checkout leaves behind in it. */
const leftovers = [
  '.cache/chromium/chromium',
  'models/stories15M/neurons/blocks.1.mlp.hook_post/features.sqlite',
  'monosem-linux-x64.vsix',
];
const candidates = [...tracked, ...built, ...libraries, ...leftovers];

describe('the packaged extension', () => {
  test('holds what is loaded at run time', () => {
    const files = shipped(candidates, allowList);
    for (const file of [
      ...[
        'package.json',
        'package.nls.json',
        'l10n/bundle.l10n.json',
        'LICENSE',
        'media/icon.png',
        'dist/extension.cjs',
        'dist/extension-ABCDEFGH.cjs',
        'media/walkthrough/colours.svg',
        'dist/engine.cjs',
      ],
      ...['dist/webview/feature.js', 'models/stories15M/onnx/model.onnx'],
      ...['node_modules/tokenizers/index.js', 'node_modules/onnxruntime-node/dist/index.js'],
      'node_modules/onnxruntime-common/dist/cjs/index.js',
    ])
      expect(files).toContain(file);
  });

  test('holds nothing else', () => {
    const allowed =
      /^(package(\.nls(\.[a-z-]+)?)?\.json|l10n\/bundle\.l10n(\.[a-z-]+)?\.json$|CHANGELOG\.md|LICENSE|docs\/(extension|gpu)\.md|media\/|models\/stories15M\/(LICENSE|[^/]+\.json|onnx\/model\.onnx|saes\/[^/]+\/[^/]+)|dist\/[^/]+\.[cm]js$|dist\/webview\/[^/]+\.(js|css|ttf)$|node_modules\/(onnxruntime-node|onnxruntime-common|tokenizers)\/)/;
    const files = shipped(candidates, allowList);
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.map') || file.includes('/test/'))).toEqual([]);
  });

  test('holds every file that its manifest names', () => {
    const manifest = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:media|dist)\/[^"]+)"/g)].map(
      ([, file = '']) => file,
    );
    expect(named).toEqual(expect.arrayContaining(['dist/extension.cjs', 'media/view.svg']));
    expect(shipped(candidates, allowList)).toEqual(expect.arrayContaining(named));
  });

  test('has a page that needs none of what VS Code does not show: files beside it', () => {
    const page = fs.readFileSync(path.join(root, packageReadme), 'utf8');
    expect(page).toContain('# Monosem');
    expect(page).not.toMatch(/\]\((?!https:)|<img|!\[/);
  });

  test.each(targets)('for %s holds exactly one platform', (target) => {
    const files = shipped(libraries, narrowToPlatform(allowList, target));
    const binaries = files.filter((file) => file.endsWith('.node'));
    expect(binaries).toHaveLength(2);
    const folder = target.replace('-', '/');
    expect(binaries.some((file) => file.includes(`onnxruntime-node/bin/napi-v6/${folder}/`))).toBe(
      true,
    );
    expect(binaries.some((file) => file.includes(`tokenizers.${target}`))).toBe(true);
    // The library of onnxruntime that its binding loads, and no other version of it.
    const binding = binaries.find((file) => file.endsWith('onnxruntime_binding.node')) ?? '';
    const asked = /(?:lib)?onnxruntime\.(?:so\.\d+|\d+\.dylib|dll)/g;
    const [library] = fs.readFileSync(path.join(root, binding), 'latin1').match(asked) ?? [];
    const versions = files.filter((file) => /\/(lib)?onnxruntime\.[^/]+$/.test(file));
    expect(versions).toEqual([`${path.dirname(binding)}/${library ?? 'none'}`]);
  });

  test('has every package that its engine leaves outside the bundle', async () => {
    const { metafile } = await build({
      entryPoints: [path.join(root, 'src/engine/server/main.ts')],
      ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'cjs' },
      ...{ logLevel: 'silent', external: ['onnxruntime-node', 'tokenizers', '@tensorflow/*'] },
    });
    const outside = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .map((found) => found.path)
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
    expect(outside.filter((name) => !shippedPackages.includes(name))).toEqual([]);
  });
});

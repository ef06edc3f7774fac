// Bundles the three programs and the views into dist/. Options: --watch keeps rebuilding, --tests also bundles the
// suite that runs inside VS Code. Packages with native code or WebAssembly files stay outside the bundles; they are
// loaded from node_modules, and .vscodeignore lists what of them is shipped.
import fs from 'node:fs';
import path from 'node:path';
import { context, transform } from 'esbuild';

const options = new Set(process.argv.slice(2));
const isWatching = options.has('--watch');

const nativePackages = ['onnxruntime-node', 'tokenizers', '@tensorflow/*'];

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  logLevel: 'warning',
  sourcemap: true,
  minify: !isWatching && !options.has('--tests'),
  // Error names and handler names are shown to people.
  keepNames: true,
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // Modules find their own place through import.meta, which CommonJS does not have.
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': 'urlOfBundle',
  },
  banner: {
    js: "'use strict'; const urlOfBundle = require('node:url').pathToFileURL(__filename).href;",
  },
};

/**
 * Splits a CommonJS program at its `import()`s, which esbuild does for ECMAScript modules only: it is bundled as those,
 * then every file is translated by itself. What is loaded later is not even parsed when the program starts.
 * @type {import('esbuild').Plugin}
 */
const splitCommonJs = {
  name: 'split-common-js',
  setup(build) {
    const { initialOptions } = build;
    const { outdir = '', chunkNames = '', banner = {} } = initialOptions;
    Object.assign(initialOptions, { format: 'esm', splitting: true, write: false, banner: {} });
    build.onEnd(async ({ outputFiles = [] }) => {
      const prefix = chunkNames.replace('[hash]', '');
      for (const name of fs.existsSync(outdir) ? fs.readdirSync(outdir) : [])
        if (name.startsWith(prefix)) fs.rmSync(path.join(outdir, name));
      fs.mkdirSync(outdir, { recursive: true });
      for (const file of outputFiles.filter((output) => output.path.endsWith('.cjs'))) {
        const map = outputFiles.find((output) => output.path === `${file.path}.map`);
        const comment = map === undefined ? '' : inlineSourceMap(map.text);
        const { code, map: translated } = await transform(`${file.text}\n${comment}`, {
          ...{ format: 'cjs', platform: 'node', target: 'node22', banner: banner['js'] ?? '' },
          ...{ minify: initialOptions.minify === true, sourcemap: 'external', logLevel: 'warning' },
        });
        const name = path.basename(file.path);
        fs.writeFileSync(file.path, `${code}//# sourceMappingURL=${name}.map\n`);
        fs.writeFileSync(`${file.path}.map`, translated);
      }
    });
  },
};

/**
 * Every `import * as vscode` would copy all names of VS Code's API. Here they are looked up once, those that are used.
 * @type {import('esbuild').Plugin}
 */
const oneVscode = {
  name: 'one-vscode',
  setup(build) {
    const types = fs.readFileSync('node_modules/@types/vscode/index.d.ts', 'utf8');
    const declared = /^\texport (?:abstract )?(?:class|const|enum|namespace) (\w+)/gm;
    const names = new Set([...types.matchAll(declared)].map(([, name]) => name));
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'vscode'
        ? { path: 'vscode', external: true }
        : { path: 'vscode', namespace: 'vscode' },
    );
    build.onLoad({ filter: /./, namespace: 'vscode' }, () => ({
      contents: [
        "import api from 'vscode';",
        ...[...names].map(
          (name) => `export const ${name} = /* @__PURE__ */ (() => api.${name})();`,
        ),
      ].join('\n'),
    }));
  },
};

/** @param {string} json */
function inlineSourceMap(json) {
  const data = Buffer.from(json).toString('base64');
  return `//# sourceMappingURL=data:application/json;base64,${data}`;
}

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'extension-[hash]',
    // Its errors carry their names, and every function name would be one more call when a window opens.
    keepNames: false,
    plugins: [oneVscode, splitCommonJs],
    logOverride: { 'import-is-undefined': 'error' },
  },
  {
    ...node,
    entryPoints: { engine: 'src/engine/server/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: nativePackages,
  },
  {
    ...shared,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: nativePackages,
    banner: {
      js: [
        '#!/usr/bin/env -S node --disable-warning=ExperimentalWarning',
        "import { createRequire as createRequireForBundle } from 'node:module';",
        'const require = createRequireForBundle(import.meta.url);',
      ].join('\n'),
    },
  },
  {
    ...shared,
    entryPoints: { feature: 'webview/feature/main.ts', steer: 'webview/steer/main.ts' },
    outdir: 'dist/webview',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.ttf': 'file', '.svg': 'text' },
    assetNames: '[name]',
  },
];

if (options.has('--tests'))
  bundles.push({
    ...node,
    entryPoints: ['test/suite/*.ts'],
    outdir: 'dist/test/suite',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha', ...nativePackages],
  });

const contexts = await Promise.all(bundles.map((bundle) => context(bundle)));
try {
  await Promise.all(contexts.map((bundle) => bundle.rebuild()));
  if (isWatching) {
    await Promise.all(contexts.map((bundle) => bundle.watch()));
    process.stderr.write('monosem: watching for changes; Ctrl-C ends it\n');
  }
} catch {
  // esbuild has already printed every error with its place in the source.
  process.exitCode = 1;
} finally {
  if (!isWatching) await Promise.all(contexts.map((bundle) => bundle.dispose()));
}

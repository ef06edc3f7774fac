// Bundles the three programs and the views into dist/. Options: --watch keeps rebuilding, --tests also bundles the
// suite that runs inside VS Code. Packages with native code or WebAssembly files stay outside the bundles; they are
// loaded from node_modules, and .vscodeignore lists what of them is shipped.
import { context } from 'esbuild';

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

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
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

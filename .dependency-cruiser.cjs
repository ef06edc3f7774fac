// The import law, stated in words in ARCHITECTURE.md. Arrows only point downward:
//   extension → providers → host → shared ← webview
//   engine/server, cli → engine.ts → calls causes → sources → analysis steering features training evaluation
//     → sae → model → onnx tokenizer, hub → files → math → shared
// One file each may touch onnxruntime, child processes, SQLite and (inside the engine) the disk.
// test/unit/importLaw.test.ts plants a violation of every rule and checks that it is found.

const product = '^(src|webview)/';
const everything = '^(src|webview|test|bench|scripts)/';

/** Files matching `from` may import, of this project, only what matches `allowed`. */
const seesOnly = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: everything, pathNot: allowed },
});

/** Only files matching `door` may import what matches `what`. */
const door = (name, what, openings, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: openings.inside ?? product, pathNot: openings.door },
  to: { path: what },
});

/** A layer of the engine sees itself and what lies below it. */
const layer = (folder, below, comment) =>
  seesOnly(
    `engine-${folder}`,
    `^src/engine/${folder}/`,
    `^src/(engine/(${[folder, ...below].join('|')})/|shared/)`,
    comment,
  );

const features = ['analysis', 'steering', 'features', 'training', 'evaluation'];
const belowFeatures = ['sae', 'model', 'onnx', 'tokenizer', 'files', 'math'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no bottom to start reading from.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      comment: 'An import that resolves to nothing hides from every other rule.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      comment: 'What is shipped never imports tests, benchmarks or scripts.',
      from: { path: product },
      to: { path: '^(test|bench|scripts)/' },
    },

    seesOnly('shared-is-a-leaf', '^src/shared/', '^src/shared/', 'Three runtimes load shared/.'),
    {
      name: 'shared-has-no-runtime',
      severity: 'error',
      comment: 'No Node.js, no VS Code, no package in shared/.',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'unknown'] },
    },
    seesOnly(
      'webview-common',
      '^webview/common/',
      '^(webview/common/|src/shared/)',
      'What all views share knows none of them.',
    ),
    {
      name: 'webview-apps',
      severity: 'error',
      comment: 'A view sees itself, common/ and shared/.',
      from: { path: '^webview/((?!common/)[^/]+)/' },
      to: { path: everything, pathNot: '^(webview/(common|$1)/|src/shared/)' },
    },
    {
      name: 'webview-has-no-node',
      severity: 'error',
      comment: 'Views run in a browser.',
      from: { path: '^webview/' },
      to: { dependencyTypes: ['core'] },
    },
    seesOnly(
      'host-sees-shared',
      '^src/host/',
      '^src/(host|shared)/',
      'The host talks to the engine by message only.',
    ),
    {
      name: 'providers-see-host',
      severity: 'error',
      comment: 'One surface of VS Code per file; surfaces meet in the host.',
      from: { path: '^src/providers/' },
      to: { path: everything, pathNot: '^src/(host|shared)/' },
    },
    seesOnly(
      'extension-sees-host',
      '^src/(extension|surfaces|onDemand)\\.ts$',
      '^src/((surfaces|onDemand)\\.ts$|(host|providers|shared)/)',
      'The extension host never loads the engine.',
    ),
    seesOnly(
      'cli-sees-facade',
      '^src/cli/',
      '^src/(cli/|shared/|engine/engine\\.ts$)',
      'The command line uses the engine through its façade.',
    ),
    seesOnly(
      'server-sees-facade',
      '^src/engine/server/',
      '^src/(engine/server/|shared/|engine/engine\\.ts$)',
      'The server translates messages; it does no work.',
    ),
    seesOnly(
      'facade-sees-engine',
      '^src/engine/[^/]+\\.ts$',
      '^src/(engine/(?!server/)|shared/)',
      'The façade has never heard of the protocol server, VS Code or the command line.',
    ),

    layer('math', [], 'Arrays in, arrays out.'),
    layer('files', ['math'], 'Bytes and formats, no models.'),
    layer('hub', ['files', 'math'], 'Downloads, no models.'),
    layer('tokenizer', ['files', 'math'], 'Text and ids, no models.'),
    layer('onnx', ['files', 'math'], 'Graphs, not language models.'),
    layer('model', ['onnx', 'tokenizer', 'files', 'math'], 'A language model, no features.'),
    layer('sae', ['model', 'onnx', 'tokenizer', 'files', 'math'], 'Dictionaries of features.'),
    ...features.map((folder) =>
      layer(
        folder,
        belowFeatures,
        'These folders do not import each other; what is above joins them.',
      ),
    ),
    layer('sources', [...features, ...belowFeatures], 'What is open, for whoever asks something.'),
    layer('causes', ['sources', ...features, ...belowFeatures], 'Measures what features do.'),
    layer(
      'calls',
      ['sources', ...features, 'hub', ...belowFeatures],
      'Answers, one for each call.',
    ),

    door(
      'server-speaks-protocol',
      'node_modules/vscode-jsonrpc',
      { inside: '^src/engine/', door: '^src/engine/server/' },
      'Inside the engine only the server knows how messages travel.',
    ),
    door(
      'vscode-door',
      '^vscode$|node_modules/@types/vscode',
      { door: '^src/((extension|surfaces|onDemand)\\.ts$|host/|providers/)' },
      'Only the extension host has VS Code.',
    ),
    door(
      'onnxruntime-door',
      'node_modules/onnxruntime',
      { door: '^src/engine/onnx/runtime/session\\.ts$' },
      'One file owns the runtime.',
    ),
    door(
      'process-door',
      '^(node:)?(child_process|worker_threads|cluster)$',
      { door: '^src/host/engine/engineProcess\\.ts$' },
      'One file owns child processes.',
    ),
    door(
      'network-door',
      '^(node:)?(http|https|http2|net|tls|dgram|dns|dns/promises)$|node_modules/(@huggingface/hub|undici)/',
      { door: '^src/engine/hub/' },
      'Nothing but downloads somebody asked for uses the network.',
    ),
    door(
      'sqlite-door',
      '^(node:)?sqlite$',
      { door: '^src/engine/features/store\\.ts$' },
      'One file owns the database.',
    ),
    door(
      'disk-door',
      '^(node:)?fs(/promises)?$',
      { inside: '^src/engine/', door: '^src/engine/(files/|features/store\\.ts$)' },
      'Files are read and written through engine/files (atomic, hashed, with clear errors).',
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    builtInModules: { add: ['vscode', 'sqlite', 'node:sqlite'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    exclude: { path: '\\.css$' },
  },
};

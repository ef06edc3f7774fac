// The import law guards the architecture only if every rule of it bites: each one is given a small tree with one
// violation planted in it, and must be the rule that reports it.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseOptions } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Law {
  readonly forbidden: readonly { readonly name: string }[];
  readonly options: ICruiseOptions;
}
const law = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as Law;

/** Rule → the importing file and what it must not import. */
const violations: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'no-unresolved': ['src/host/lost.ts', './nowhere.ts'],
  'product-without-tests': ['webview/steer/tested.ts', '../../test/unit/helper.ts'],
  'shared-is-a-leaf': ['src/shared/reaching.ts', '../host/leaf.ts'],
  'shared-has-no-runtime': ['src/shared/nodeUser.ts', 'node:path'],
  'webview-common': ['webview/common/knowing.ts', '../steer/leaf.ts'],
  'webview-apps': ['webview/steer/peeking.ts', '../feature/leaf.ts'],
  'webview-has-no-node': ['webview/steer/nodeUser.ts', 'node:os'],
  'host-sees-shared': ['src/host/computing.ts', '../engine/math/leaf.ts'],
  'providers-see-host': ['src/providers/computing.ts', '../engine/engine.ts'],
  'extension-sees-host': ['src/extension.ts', './engine/engine.ts'],
  'cli-sees-facade': ['src/cli/shortcut.ts', '../engine/model/leaf.ts'],
  'server-sees-facade': ['src/engine/server/working.ts', '../sae/leaf.ts'],
  'facade-sees-engine': ['src/engine/engine.ts', './server/leaf.ts'],
  'engine-math': ['src/engine/math/reading.ts', '../files/leaf.ts'],
  'engine-files': ['src/engine/files/graph.ts', '../onnx/leaf.ts'],
  'engine-hub': ['src/engine/hub/words.ts', '../tokenizer/leaf.ts'],
  'engine-tokenizer': ['src/engine/tokenizer/graph.ts', '../onnx/leaf.ts'],
  'engine-onnx': ['src/engine/onnx/words.ts', '../tokenizer/leaf.ts'],
  'engine-model': ['src/engine/model/features.ts', '../sae/leaf.ts'],
  'engine-sae': ['src/engine/sae/steering.ts', '../steering/leaf.ts'],
  'engine-analysis': ['src/engine/analysis/steered.ts', '../steering/leaf.ts'],
  'engine-steering': ['src/engine/steering/analysed.ts', '../analysis/leaf.ts'],
  'engine-features': ['src/engine/features/trained.ts', '../training/leaf.ts'],
  'engine-training': ['src/engine/training/scored.ts', '../evaluation/leaf.ts'],
  'engine-evaluation': ['src/engine/evaluation/stored.ts', '../features/leaf.ts'],
  'engine-sources': ['src/engine/sources/asked.ts', '../calls/leaf.ts'],
  'engine-causes': ['src/engine/causes/serving.ts', '../server/leaf.ts'],
  'engine-calls': ['src/engine/calls/texts/measured.ts', '../../causes/leaf.ts'],
  'server-speaks-protocol': ['src/engine/model/remote.ts', 'vscode-jsonrpc'],
  'vscode-door': ['src/cli/editor.ts', 'vscode'],
  'onnxruntime-door': ['src/engine/model/runtime.ts', 'onnxruntime-node'],
  'process-door': ['src/host/shell.ts', 'node:child_process'],
  'network-door': ['src/engine/files/remote.ts', 'node:https'],
  'sqlite-door': ['src/engine/analysis/database.ts', 'node:sqlite'],
  'disk-door': ['src/engine/model/disk.ts', 'node:fs/promises'],
};

const leaves = [
  ...[
    'src/host/leaf.ts',
    'test/unit/helper.ts',
    'webview/steer/leaf.ts',
    'webview/feature/leaf.ts',
  ],
  ...['math', 'files', 'onnx', 'tokenizer', 'model', 'sae', 'server'].map(
    (folder) => `src/engine/${folder}/leaf.ts`,
  ),
  ...['analysis', 'steering', 'features', 'training', 'evaluation', 'causes', 'calls'].map(
    (folder) => `src/engine/${folder}/leaf.ts`,
  ),
];
const packages = ['vscode-jsonrpc', 'onnxruntime-node'];

let tree: string;

function write(file: string, text: string): void {
  const full = path.join(tree, file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, text);
}

/** Names of the rules that the files of the tree break, as `rule: from`. */
async function broken(): Promise<string[]> {
  const { output } = await cruise(['src', 'webview', 'test'], {
    ...law.options,
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden: [...law.forbidden] },
  } as ICruiseOptions);
  if (typeof output === 'string') throw new Error('expected a result object');
  return output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

beforeAll(() => {
  tree = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-law-'));
  write('package.json', '{ "type": "module" }');
  for (const name of packages) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const leaf of leaves) write(leaf, 'export const leaf = 1;\n');
  for (const [file, imported] of Object.values(violations))
    write(file, `import '${imported}';\nexport {};\n`);
  if (!fs.existsSync(path.join(tree, 'src/engine/engine.ts'))) throw new Error('no façade planted');
  write('src/host/circleA.ts', "import './circleB.ts';\nexport {};\n");
  write('src/host/circleB.ts', "import './circleA.ts';\nexport {};\n");
});
afterAll(() => fs.rmSync(tree, { recursive: true, force: true }));

describe('import law', () => {
  test('every rule has a planted violation', () => {
    const rules = law.forbidden.map(({ name }) => name).sort();
    expect([...Object.keys(violations), 'no-cycles'].sort()).toEqual(rules);
  });

  test('every planted violation is reported by its rule', async () => {
    const found = new Set(await broken());
    const planted = Object.entries(violations).map(([rule, [file]]) => `${rule}: ${file}`);
    expect(planted.filter((violation) => !found.has(violation))).toEqual([]);
    expect([...found].some((violation) => violation.startsWith('no-cycles: src/host/circle'))).toBe(
      true,
    );
  });

  test('allowed imports are not reported', async () => {
    const found = await broken();
    expect(found.filter((violation) => violation.includes('leaf.ts'))).toEqual([]);
  });

  test('type-only imports count', async () => {
    write(
      'src/host/typed.ts',
      "import type { leaf } from '../engine/math/leaf.ts';\nexport type L = typeof leaf;\n",
    );
    expect(await broken()).toContain('host-sees-shared: src/host/typed.ts');
  });
});

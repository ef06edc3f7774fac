// The door to every npm script: `node scripts/setup/run.mjs [--where-called] SCRIPT [ARGUMENTS]`. Makes sure that
// the libraries and a recent Node.js are there, then runs SCRIPT under that Node.js. It must itself run on any
// Node.js from 18 on, before anything is installed: plain JavaScript, no dependencies, the same for all files here.
// With --where-called the script works in the folder in which npm was called, so relative paths mean what was typed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { dependenciesArePresent, installDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { installNode, presentNode } from './nodeRuntime.mjs';
import { root } from './paths.mjs';
import { runMain } from './report.mjs';

/** @returns {Promise<string>} path of the Node.js to use */
async function setUp() {
  const node = presentNode();
  if (node !== undefined && dependenciesArePresent()) return node;
  return withLock(async () => {
    const ready = presentNode() ?? (await installNode());
    if (!dependenciesArePresent()) await installDependencies();
    return ready;
  });
}

/**
 * Runs a script to its end and ends as it ended.
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>}
 */
function runUnder(node, args, cwd) {
  const searchPath = [path.dirname(node), process.env['PATH'] ?? ''].join(path.delimiter);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, PATH: searchPath },
  });
  // A Ctrl-C reaches the child by itself; we only stay until it has cleaned up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.exitCode = signal === null ? (code ?? 1) : 1;
      resolve();
    });
  });
}

await runMain(async () => {
  const args = process.argv.slice(2);
  const whereCalled = args[0] === '--where-called';
  if (whereCalled) args.shift();
  const [script, ...rest] = args;
  if (script === undefined) throw new Error('run.mjs: name the script to run');
  const node = await setUp();
  const cwd = whereCalled ? (process.env['INIT_CWD'] ?? process.cwd()) : root;
  await runUnder(node, [path.join(root, script), ...rest], cwd);
});

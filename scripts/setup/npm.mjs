// Runs npm quietly and turns its failures into one sentence. npm is the only way set-up reaches the network.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { SetupError } from './report.mjs';

/** Known causes of a failed install, in the order in which they are looked for. */
const causes = [
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH/,
    advice:
      'the npm registry could not be reached. Check the network connection and `npm config get registry`, then run the same command again.',
  },
  {
    pattern: /E404|ETARGET/,
    advice:
      'the npm registry in use does not have one of the packages. Check `npm config get registry`, then run the same command again.',
  },
  {
    pattern: /E401|E403|ENEEDAUTH/,
    advice: 'the npm registry refused access. Check the credentials in your .npmrc.',
  },
  {
    pattern: /EUSAGE/,
    advice:
      'package-lock.json does not fit package.json. Restore both from git, or run `npm install` to renew the lock file.',
  },
  { pattern: /ENOSPC/, advice: 'the disk is full. About 2 GB are needed.' },
  {
    pattern: /EACCES|EPERM|EROFS/,
    advice: 'a file could not be written. Check who owns this folder.',
  },
];

/**
 * @param {string} what was being installed, e.g. `VS Code for the browser`
 * @param {string} output everything npm printed
 * @returns {string} one sentence; npm's own last lines follow when the cause is not a known one
 */
export function explainFailure(what, output) {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  if (cause) return `Could not install ${what}: ${cause.advice}`;
  const lastLines = output.trim().split('\n').slice(-25).join('\n');
  return `Could not install ${what}; npm's last words were:\n${lastLines}`;
}

/**
 * How to start npm: the one that started us, else the one on PATH.
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
function npmProgram() {
  const running = process.env['npm_execpath'];
  if (running !== undefined && path.basename(running) === 'npm-cli.js')
    return { command: process.execPath, prefix: [running], shell: false };
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' };
}

/**
 * @param {string} what is being installed, for the error message
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>}
 */
export function npm(what, args, cwd) {
  const { command, prefix, shell } = npmProgram();
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress'];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...prefix, ...args, ...quiet], {
      cwd,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      // onnxruntime-node would otherwise download CUDA libraries from outside the registry.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-100_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', () => {
      reject(new SetupError('npm was not found. Install Node.js (it brings npm) and try again.'));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(explainFailure(what, output)));
    });
  });
}

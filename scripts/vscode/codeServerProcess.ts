// Runs VS Code for the browser on a free port of this machine, for one folder and one profile, and stops it
// together with every process it started.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { ensureCodeServer } from '../setup/codeServer.mjs';
import { SetupError } from '../setup/report.mjs';
import type { Profile } from './profile.ts';

const startTimeoutMs = 120_000;
const startAttempts = 5;
const logName = 'server.log';
/** Time to close files before the processes are killed, in milliseconds. */
const stopTimeoutMs = 3_000;

export interface CodeServer {
  /** Opens the workbench on the folder. */
  readonly url: string;
  readonly logFile: string;
  /** Fulfilled when the server has ended, by whatever cause. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

/** A group of its own makes all processes of the server stoppable at once. */
const hasProcessGroups = process.platform !== 'win32';

function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (hasProcessGroups) process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // It has already ended.
  }
}

async function waitUntilListening(url: string, isRunning: () => boolean): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (isRunning() && Date.now() < deadline) {
    try {
      const response = await fetch(new URL('/healthz', url));
      if (response.ok) return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return false;
}

/** @returns the address that also opens a file of the folder */
export function openingFile(url: string, file: string): string {
  const address = new URL(url);
  const action = ['openFile', `vscode-remote://${address.host}${encodeURI(file)}`];
  address.searchParams.set('payload', JSON.stringify([action]));
  return address.href;
}

export interface ServerOptions {
  /** Folders are restricted until somebody trusts them; without it every folder is trusted. */
  readonly asksForTrust?: boolean;
}

/**
 * Its two processes give each other ten seconds to meet; on a machine that is busy with something else they can miss
 * each other, so a start that fails is repeated.
 * @param folder the workspace to open
 */
export async function startCodeServer(
  folder: string,
  profile: Profile,
  options: ServerOptions = {},
): Promise<CodeServer> {
  const entry = await ensureCodeServer();
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const server = await tryToStart(entry, folder, { profile, options });
    if (server !== undefined) return server;
  }
  const log = fs.readFileSync(path.join(profile.userData, logName), 'utf8').trimEnd();
  throw new SetupError(`VS Code for the browser did not start. Its log says:\n${log}`);
}

async function tryToStart(
  entry: string,
  folder: string,
  { profile, options }: { readonly profile: Profile; readonly options: ServerOptions },
): Promise<CodeServer | undefined> {
  const port = await freePort();
  const logFile = path.join(profile.userData, logName);
  const log = fs.openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [
      ...[entry, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--config', path.join(profile.userData, 'config.yaml')],
      ...['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions],
      ...['--disable-telemetry', '--disable-update-check'],
      ...(options.asksForTrust === true ? [] : ['--disable-workspace-trust']),
      ...['--disable-getting-started-override', '--app-name', 'Monosem', folder],
    ],
    { stdio: ['ignore', log, log], detached: hasProcessGroups, cwd: folder },
  );
  fs.closeSync(log);
  // Whatever ends this process, e.g. an exception, must not leave the server behind.
  const killGroup = (): void => signal(child, 'SIGKILL');
  process.once('exit', killGroup);
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isRunning = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const stop = async (): Promise<void> => {
    signal(child, 'SIGTERM');
    const timer = setTimeout(() => signal(child, 'SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
    killGroup();
    process.off('exit', killGroup);
  };
  const origin = `http://127.0.0.1:${port}/`;
  if (!(await waitUntilListening(origin, () => isRunning))) {
    await stop();
    return undefined;
  }
  return { url: `${origin}?folder=${encodeURIComponent(folder)}`, logFile, ended, stop };
}

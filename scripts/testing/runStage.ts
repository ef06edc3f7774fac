// Runs one stage of `npm test` in a process of its own and keeps what it prints.
import { spawn } from 'node:child_process';
import { root } from '../setup/paths.mjs';
import { stageTimeoutMs, type Counts, type Outcome, type Stage } from './stages.ts';

export interface StageResult extends Counts, Outcome {
  readonly seconds: number;
}

/** A group of its own lets a timeout or Ctrl-C end a stage with everything it has started. */
const hasProcessGroups = process.platform !== 'win32';

function runProcess(command: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...command], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: hasProcessGroups,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(hasProcessGroups ? -child.pid : child.pid);
    };
    const timer = setTimeout(() => {
      output += `\nstopped after ${stageTimeoutMs / 60_000} minutes\n`;
      kill();
    }, stageTimeoutMs);
    const interrupt = (): void => {
      kill();
      process.exit(130);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({ succeeded: code === 0, output });
    });
  });
}

/** Never rejects: a stage that cannot even be prepared has failed, and says why. */
export async function runStage(stage: Stage): Promise<StageResult> {
  const start = performance.now();
  let outcome: Outcome;
  try {
    await stage.prepare?.();
    outcome = await runProcess(stage.command);
  } catch (error) {
    outcome = { succeeded: false, output: error instanceof Error ? error.message : String(error) };
  }
  const counts = stage.count(outcome);
  return { ...outcome, ...counts, seconds: (performance.now() - start) / 1000 };
}

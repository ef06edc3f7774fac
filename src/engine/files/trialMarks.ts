// A mark on the disk for as long as something is tried that may end the whole process, such as loading a graphics
// driver. A mark whose process is gone says that the trial ended it; the next process then knows better. A mark that
// cannot be written is no reason to stop.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { isRunning } from './isRunning.ts';

/** After a day drivers may have been mended, and the trial is worth another attempt. */
const validForMs = 24 * 60 * 60 * 1000;

export class TrialMarks {
  readonly #folder: string;

  /** @param folder made when it does not exist; a folder for temporary files is right */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In the system's folder for temporary files, apart from other users'. */
  static ofThisUser(): TrialMarks {
    const user = process.getuid?.() ?? os.userInfo().username;
    return new TrialMarks(path.join(os.tmpdir(), `monosem-trials-${user}`));
  }

  /** Whether an earlier trial under this name took its process with it. */
  hasEndedAProcess(name: string): boolean {
    const file = this.#file(name);
    try {
      if (Date.now() - statSync(file).mtimeMs > validForMs) return false;
      return !isRunning(Number(readFileSync(file, 'utf8')));
    } catch {
      return false;
    }
  }

  /** Runs `trial` with a mark set, which is gone afterwards whatever the outcome, unless the process dies. */
  async during<R>(name: string, trial: () => Promise<R>): Promise<R> {
    const isMarked = this.#write(name);
    const remove = (): void => {
      if (isMarked) rmSync(this.#file(name), { force: true });
    };
    // An orderly end in the middle of a trial is no crash.
    process.once('exit', remove);
    try {
      return await trial();
    } finally {
      process.off('exit', remove);
      remove();
    }
  }

  #write(name: string): boolean {
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(this.#file(name), String(process.pid));
      return true;
    } catch {
      // A folder that cannot be written to: the trial goes unmarked.
      return false;
    }
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name}.pid`);
  }
}

// What set-up tells the person at the keyboard: short lines on stderr, so that stdout stays free for results.

/** A failure that has already been put into one sentence: shown without a stack. */
export class SetupError extends Error {}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`monosem: ${line}\n`);
}

/**
 * Announces a slow step and says how long it took.
 * @template T
 * @param {string} what e.g. `installing VS Code for the browser (once, about 600 MB)`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function announce(what, work) {
  const start = Date.now();
  say(`${what} …`);
  const result = await work();
  say(`done in ${Math.round((Date.now() - start) / 1000)} s`);
  return result;
}

/**
 * Runs a program's main function; a SetupError ends it with its sentence and exit code 1.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

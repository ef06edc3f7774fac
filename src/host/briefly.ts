// Waiting with a limit: what is shown must not be held up by an engine that is busy. Without VS Code.

/**
 * Waits for some work, at most `ms`. The work goes on behind the limit.
 * @returns whether it was done in time
 * @throws what the work throws in time
 */
export async function briefly(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

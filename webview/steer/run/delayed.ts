// Something that happens once things have been quiet for a while.

/** A slider reports every pixel; longer than that a hand pauses only when it means it. */
export const pauseMilliseconds = 150;

export interface Delayed {
  /** Happens after the delay, counted from the last time this was asked. */
  soon(): void;
  cancel(): void;
}

export function delayed(act: () => void, milliseconds: number): Delayed {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    soon: () => {
      cancel();
      timer = setTimeout(act, milliseconds);
    },
    cancel,
  };
}

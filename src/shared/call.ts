// How a protocol is written down: one constant names a message and carries its types, so that request, response
// and progress cannot disagree between the two sides. Nothing here knows a transport.

/** A call the other side must answer, exactly once; `Progress` values may arrive before the answer. */
export interface Call<Params, Result, Progress = never> {
  readonly method: string;
  /** Never present at run time; it makes the type parameters part of the constant. */
  readonly types?: readonly [Params, Result, Progress];
}

export function call<Params, Result, Progress = never>(
  method: string,
): Call<Params, Result, Progress> {
  return { method };
}

/** The part of an `AbortSignal` that code without a runtime may use. */
export interface Signal {
  readonly aborted: boolean;
}

export interface CallContext<Progress> {
  readonly signal: Signal;
  readonly progress: (value: Progress) => void;
  /**
   * A long computation awaits this between two pieces of work: more urgent computations go first, and a cancellation
   * is noticed (it rejects with `cancelled`). Absent where nothing else competes, e.g. in the command line.
   */
  readonly turn?: () => Promise<void>;
  /** What somebody is waiting for is done; what is left of the computation is less urgent. */
  readonly relax?: () => void;
}

/** What travels as the parameters of a request; progress values come back under `progressToken`. */
export interface Envelope {
  readonly params: unknown;
  readonly progressToken: number;
}

/** Payload of an error response: the code of the `MonosemError`. */
export interface ErrorData {
  readonly code: string;
}

/** One function per call: a missing handler or a misspelt name does not compile. */
export type Handlers<Protocol> = {
  readonly [Name in keyof Protocol]: Protocol[Name] extends Call<infer P, infer R, infer G>
    ? (params: P, context: CallContext<G>) => Promise<R>
    : never;
};

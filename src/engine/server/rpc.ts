// Fits the call constants of the protocol to vscode-jsonrpc on the answering side: every request is answered exactly
// once, errors carry the code of their MonosemError, cancellation becomes an AbortSignal. It knows no single call.
import { ProgressType, ResponseError } from 'vscode-jsonrpc/node';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import type { Call, CallContext, Envelope, ErrorData } from '../../shared/call.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';

/** A `CallContext` whose signal can also be listened to. */
export interface ServerContext<Progress> extends CallContext<Progress> {
  readonly signal: AbortSignal;
}

export type ServerHandlers<Protocol> = {
  readonly [Name in keyof Protocol]: Protocol[Name] extends Call<infer P, infer R, infer G>
    ? (params: P, context: ServerContext<G>) => Promise<R>
    : never;
};

type AnyHandler = (params: unknown, context: ServerContext<unknown>) => Promise<unknown>;

/** JSON-RPC's code for “the server failed”; which failure is in the data. */
const failedCode = -32000;
const progress = new ProgressType<unknown>();

/** Answers every call of the protocol on this connection. `onUnexpected` hears of errors that are bugs. */
export function serve<Protocol extends Readonly<Record<string, { readonly method: string }>>>(
  connection: MessageConnection,
  calls: Protocol,
  handlers: ServerHandlers<Protocol>,
  onUnexpected: (error: unknown) => void,
): Disposable {
  const registrations = new DisposableStore();
  for (const [name, { method }] of Object.entries(calls)) {
    const handler = handlers[name] as unknown as AnyHandler;
    const answer = async (envelope: Envelope, token: CancellationToken): Promise<unknown> => {
      const cancellation = new Cancellation(token);
      try {
        return await handler(envelope.params, {
          signal: cancellation.signal,
          progress: (value) => {
            void connection.sendProgress(progress, envelope.progressToken, value);
          },
        });
      } catch (error) {
        if (!MonosemError.is(error)) onUnexpected(error);
        return failure(error);
      } finally {
        cancellation.dispose();
      }
    };
    registrations.add(connection.onRequest(method, answer));
  }
  return registrations;
}

/** A JSON-RPC cancellation token as an `AbortSignal`. */
class Cancellation implements Disposable {
  readonly #controller = new AbortController();
  readonly #listening: Disposable;

  constructor(token: CancellationToken) {
    if (token.isCancellationRequested) this.#controller.abort();
    this.#listening = token.onCancellationRequested(() => {
      this.#controller.abort();
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    this.#listening.dispose();
  }
}

function failure(error: unknown): ResponseError<ErrorData> {
  if (MonosemError.is(error)) {
    return new ResponseError(failedCode, error.message, { code: error.code });
  }
  const message = `The engine failed unexpectedly (${messageOf(error)}); please report it with the Monosem log.`;
  return new ResponseError(failedCode, message, { code: 'internal' });
}

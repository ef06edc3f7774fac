// The engine process and the connection to it: the only place that starts a process. It forks the engine from the
// runtime VS Code itself runs on (both sides must be the same V8, because typed arrays travel as structured clones)
// and hands its output to the log. Restarting is decided elsewhere.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  CancellationTokenSource,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import type { Logger, MessageConnection } from 'vscode-jsonrpc/node';
import type { Envelope, ErrorData } from '../../shared/call.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import { MonosemError, isErrorCode } from '../../shared/errors.ts';
import type { EngineExit } from './engineExit.ts';

/** What a `LogOutputChannel` offers and the engine's output needs. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: unknown) => void;
}

export class EngineProcess {
  readonly #connection: MessageConnection;
  readonly #child: ChildProcess;
  readonly #exit = new Emitter<EngineExit>();
  #hasExited = false;
  #nextProgressToken = 0;

  /** @param entry the engine's bundle, an absolute path */
  constructor(entry: string, log: Log) {
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      silent: true,
      execArgv: [],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' },
    });
    forwardLines(this.#child.stdout, (line) => log.info(line));
    forwardLines(this.#child.stderr, (line) => log.warn(line));
    this.#connection = createMessageConnection(
      new IPCMessageReader(this.#child),
      new IPCMessageWriter(this.#child),
      connectionLogger(log),
    );
    this.#child.once('error', (error) => {
      this.#ended({ how: 'error', detail: error.message });
    });
    this.#child.once('exit', (code, signal) => {
      this.#ended(
        signal === null
          ? { how: 'code', detail: `${code ?? 0}` }
          : { how: 'signal', detail: signal },
      );
    });
    this.#connection.listen();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Fires once; everything unanswered has been rejected by then. */
  readonly onDidExit = this.#exit.event;

  /**
   * One request; rejects when the process ends.
   * @throws MonosemError with the engine's own code
   */
  async request(
    method: string,
    params: unknown,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<unknown> {
    const progressToken = this.#nextProgressToken++;
    const envelope: Envelope = { params, progressToken };
    const lifetime = new DisposableStore();
    const cancellation = lifetime.add(new CancellationTokenSource());
    try {
      if (onProgress !== undefined) {
        const type = new ProgressType<unknown>();
        lifetime.add(this.#connection.onProgress(type, progressToken, onProgress));
      }
      const cancel = (): void => {
        cancellation.cancel();
      };
      signal?.addEventListener('abort', cancel);
      lifetime.add({ dispose: () => signal?.removeEventListener('abort', cancel) });
      return await this.#connection.sendRequest(method, envelope, cancellation.token);
    } catch (error) {
      throw fromWire(error);
    } finally {
      lifetime.dispose();
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ended(exit: EngineExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.#connection.dispose();
    this.#exit.fire(exit);
    this.#exit.dispose();
  }
}

function fromWire(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  const code = (error.data as Partial<ErrorData> | undefined)?.code;
  return isErrorCode(code) ? new MonosemError(code, error.message) : error;
}

function connectionLogger(log: Log): Logger {
  return {
    error: (message) => log.error(message),
    warn: (message) => log.warn(message),
    info: (message) => log.info(message),
    log: (message) => log.info(message),
  };
}

function forwardLines(stream: Readable | null, write: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', write);
}

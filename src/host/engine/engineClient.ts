// The engine as typed functions. It starts the process when it is first needed, starts it again after a crash, asks
// an unanswered question once more (calls carry everything they need, so nothing else has to be replayed), and gives
// up, saying so, when the engine keeps crashing. It does not know what the calls mean.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../shared/call.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import { engineCalls, protocolVersion } from '../../shared/engineProtocol.ts';
import type {
  AnalysisCache,
  EngineCalls,
  InitializeParams,
  InitializeResult,
} from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { EngineExit } from './engineExit.ts';
import type { EngineProcess, Log } from './engineProcess.ts';
import { RestartPolicy, crashLimit } from './restartPolicy.ts';

export type EngineState = 'stopped' | 'starting' | 'running' | 'crashed' | 'givenUp';

export type CallName = Exclude<keyof EngineCalls, 'initialize' | 'shutdown'>;
export type ParamsOf<C> = C extends Call<infer P, unknown, unknown> ? P : never;
export type ResultOf<C> = C extends Call<unknown, infer R, unknown> ? R : never;
export type ProgressOf<C> = C extends Call<unknown, unknown, infer G> ? G : never;

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: Progress) => void;
  /** The engine crashed and the call is made again: what progress has said so far no longer counts. */
  readonly onRetry?: () => void;
}

export interface EngineClientOptions {
  /** Starts a process, loading first what that needs; called again after a crash. */
  readonly start: () => EngineProcess | Promise<EngineProcess>;
  readonly log: Log;
  /** Where the engine keeps results for later; asked at each start. */
  readonly cache?: () => AnalysisCache;
  readonly policy?: RestartPolicy;
}

/** An end of the engine nobody asked for. */
export interface EngineCrash {
  readonly at: Date;
  readonly exit: EngineExit;
}

interface Session {
  readonly process: EngineProcess;
  readonly facts: InitializeResult;
}

/** Crashes that are remembered. */
const mostCrashes = 20;
/** The engine has this long to answer the handshake. */
const handshakeMs = 30_000;
/** … and this long to end when asked to, before it is killed. */
const shutdownMs = 2000;

export class EngineClient implements Disposable {
  readonly #options: EngineClientOptions;
  readonly #policy: RestartPolicy;
  readonly #stateChanged = new Emitter<EngineState>();
  #state: EngineState = 'stopped';
  #session: Promise<Session> | undefined;
  #process: EngineProcess | undefined;
  #crashes: readonly EngineCrash[] = [];
  /** Counts stops: a start that was overtaken by one comes to nothing. */
  #stops = 0;
  #isDisposed = false;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#policy = options.policy ?? new RestartPolicy();
  }

  readonly onDidChangeState = this.#stateChanged.event;

  get state(): EngineState {
    return this.#state;
  }

  /** The last ones since the extension was started, oldest first. */
  get crashes(): readonly EngineCrash[] {
    return this.#crashes;
  }

  /** Process id of the running engine. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Makes a call, starting the engine if need be.
   * @throws MonosemError with the engine's own code, `cancelled`, or `engineStopped`
   */
  async call<Name extends CallName>(
    name: Name,
    params: ParamsOf<EngineCalls[Name]>,
    options: CallOptions<ProgressOf<EngineCalls[Name]>> = {},
  ): Promise<ResultOf<EngineCalls[Name]>> {
    const { method } = engineCalls[name];
    const wire = options as CallOptions<unknown>;
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(options.signal);
      const { process } = await this.#running();
      throwIfAborted(options.signal);
      try {
        const result = await process.request(method, params, wire);
        return result as ResultOf<EngineCalls[Name]>;
      } catch (error) {
        if (!process.hasExited) throw error;
        if (attempt > 1) {
          throw new MonosemError(
            'engineStopped',
            t(
              'The engine stopped twice during “{0}”; show the log to see why, or restart the engine.',
              method,
            ),
            { cause: error },
          );
        }
        this.#options.log.warn(`“${method}” was not answered and is asked again.`);
        options.onRetry?.();
      }
    }
  }

  /** Ends the engine, if it runs, and starts a fresh one, forgetting earlier crashes. */
  async restart(): Promise<void> {
    await this.stop();
    this.#policy.reset();
    await this.#running();
  }

  /** Ends the engine; the next call starts it again. */
  async stop(): Promise<void> {
    const ending = this.#forget();
    this.#setState('stopped');
    if (ending === undefined || ending.hasExited) return;
    const exited = new Promise<void>((resolve) => {
      const listening = ending.onDidExit(() => {
        listening.dispose();
        resolve();
      });
    });
    ending.request(engineCalls.shutdown.method, {}).catch(() => undefined);
    const timer = new AbortController();
    await Promise.race([exited, quietSleep(shutdownMs, timer.signal)]);
    timer.abort();
    ending.kill();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#forget()?.kill();
    this.#stateChanged.dispose();
  }

  /** The process so far, for which nobody asks any more. */
  #forget(): EngineProcess | undefined {
    const process = this.#process;
    this.#stops++;
    this.#process = undefined;
    this.#session = undefined;
    return process;
  }

  #running(): Promise<Session> {
    if (this.#policy.hasGivenUp) {
      this.#setState('givenUp');
      return Promise.reject(
        new MonosemError(
          'engineStopped',
          t(
            'The engine crashed {0} times within three minutes and is not started again by itself; show the log, then restart the engine.',
            crashLimit,
          ),
        ),
      );
    }
    this.#session ??= this.#start();
    return this.#session;
  }

  async #start(): Promise<Session> {
    this.#setState('starting');
    const stops = this.#stops;
    await sleep(this.#policy.delayMs);
    const isWanted = (): boolean => !this.#isDisposed && stops === this.#stops;
    const started = performance.now();
    const process = isWanted() ? await this.#options.start() : undefined;
    if (process === undefined || !isWanted()) {
      process?.kill();
      throw new MonosemError('engineStopped', t('The engine was stopped; ask again to start it.'));
    }
    this.#process = process;
    const listening = process.onDidExit((exit) => {
      listening.dispose();
      this.#exited(process, exit);
    });
    try {
      const facts = await this.#handshake(process);
      const ms = Math.round(performance.now() - started);
      this.#options.log.info(
        `Engine ${facts.engineVersion} runs as process ${facts.processId} (${facts.providers.join(', ')}), started in ${ms} ms.`,
      );
      this.#setState('running');
      return { process, facts };
    } catch (error) {
      if (this.#process === process) {
        this.#process = undefined;
        this.#session = undefined;
      }
      if (!process.hasExited) {
        process.kill();
        this.#setState('stopped');
      }
      throw startFailure(error);
    }
  }

  async #handshake(process: EngineProcess): Promise<InitializeResult> {
    const cache = this.#options.cache?.();
    const params: InitializeParams = { protocolVersion, ...(cache && { cache }) };
    const timer = new AbortController();
    const answer = process.request(engineCalls.initialize.method, params);
    const tooLate = quietSleep(handshakeMs, timer.signal).then(() => {
      throw new MonosemError(
        'engineStopped',
        t(
          'The engine did not answer within {0} s of its start; show the log to see why, or restart the engine.',
          handshakeMs / 1000,
        ),
      );
    });
    tooLate.catch(() => undefined);
    try {
      return (await Promise.race([answer, tooLate])) as InitializeResult;
    } finally {
      timer.abort();
    }
  }

  #exited(process: EngineProcess, exit: EngineExit): void {
    if (this.#process !== process) return;
    this.#process = undefined;
    this.#session = undefined;
    this.#policy.crashed();
    this.#crashes = [...this.#crashes, { at: new Date(), exit }].slice(-mostCrashes);
    this.#options.log.error(
      `The engine (process ${process.pid ?? 0}) ended: ${exit.how} ${exit.detail}.`,
    );
    this.#setState(this.#policy.hasGivenUp ? 'givenUp' : 'crashed');
  }

  #setState(state: EngineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new MonosemError('cancelled', t('The request was cancelled.'));
  }
}

/** Resolves after `ms`; when aborted before that it stays pending, for nobody is waiting any more. */
async function quietSleep(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => new Promise(() => undefined));
}

function startFailure(error: unknown): MonosemError {
  if (MonosemError.is(error)) return error;
  return new MonosemError(
    'engineStopped',
    t(
      'The engine could not be started ({0}); show the log to see why, or restart the engine.',
      messageOf(error),
    ),
    { cause: error },
  );
}

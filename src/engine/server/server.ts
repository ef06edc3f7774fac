// One engine behind one connection: handshake first, then work, then a clean end. The connection and the engine are
// given, so that tests run it in a process of their own; main.ts joins it to the real ones.
import process from 'node:process';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { engineCalls, protocolVersion } from '../../shared/engineProtocol.ts';
import type {
  AnalysisCache,
  InitializeParams,
  InitializeResult,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { HubCalls } from '../../shared/hubProtocol.ts';
import { version } from '../../shared/version.ts';
import { workHandlers } from './handlers.ts';
import type { Facade } from './handlers.ts';
import { serve } from './rpc.ts';
import type { ServerHandlers } from './rpc.ts';
import { ComputeLane } from './scheduler.ts';

export interface ServerOptions {
  readonly connection: MessageConnection;
  readonly createEngine: (cache?: AnalysisCache) => Facade | Promise<Facade>;
  /** Execution providers of this platform's runtime. */
  readonly providers: () => readonly string[];
  /** They run beside the compute lane: a download waits for the network, not for the model. */
  readonly hub: ServerHandlers<HubCalls>;
  readonly log: (message: string) => void;
  /** Ends the process. */
  readonly exit: () => void;
}

/** Starts answering. */
export function startServer(options: ServerOptions): { stop(): Promise<void> } {
  let engine: Facade | undefined;
  const stop = async (): Promise<void> => {
    registrations.dispose();
    const ending = engine;
    engine = undefined;
    await ending?.dispose();
  };
  const initialize = async (params: InitializeParams): Promise<InitializeResult> => {
    if (params.protocolVersion !== protocolVersion) {
      throw new MonosemError(
        'protocolMismatch',
        `The engine speaks protocol ${protocolVersion} and the extension ${params.protocolVersion}; reload the window, and reinstall Monosem if that does not help.`,
      );
    }
    engine ??= await options.createEngine(params.cache);
    return {
      protocolVersion,
      engineVersion: version,
      processId: process.pid,
      providers: options.providers(),
    };
  };
  const ready = (): Facade => {
    if (engine !== undefined) return engine;
    throw new MonosemError('protocolMismatch', 'The first call to the engine must be initialize.');
  };
  const handlers = {
    ...workHandlers(ready, new ComputeLane(), options.log),
    ...options.hub,
    initialize,
    shutdown: async (): Promise<null> => {
      await stop();
      // After the answer has gone out.
      setTimeout(options.exit, 20);
      return null;
    },
  };
  const registrations = serve(options.connection, engineCalls, handlers, (error) => {
    options.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  });
  options.connection.listen();
  return { stop };
}

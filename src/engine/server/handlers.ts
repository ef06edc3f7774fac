// Protocol → façade, one line per call. It decides only what needs the compute lane and how urgent it is: what runs
// the model queues, what reads files or the feature store does not.
import type { CallContext, Handlers } from '../../shared/call.ts';
import type { SelfTest } from '../../shared/diagnostics.ts';
import type { EngineCalls, Source } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import type { HubCalls } from '../../shared/hubProtocol.ts';
import type { ServerContext, ServerHandlers } from './rpc.ts';
import type { ComputeLane, Priority, Turn } from './scheduler.ts';

type Work = Omit<EngineCalls, 'initialize' | 'shutdown' | keyof HubCalls>;

/** Whoever has just seen the first colours goes on typing or scrolling; the self-test waits that long. */
const selfTestDelayMs = 3000;

/** What the server needs of the engine; `Engine` of engine.ts has it. */
export interface Facade extends Handlers<Work> {
  /** Result of the first call for each opened model; nothing afterwards. */
  selfTest(
    params: { readonly source: Source },
    context: CallContext<never>,
  ): Promise<SelfTest | undefined>;
  dispose(): Promise<void>;
}

/**
 * @param engine the façade; throws until the handshake has been made
 * @param log receives what nobody asked for
 */
export function workHandlers(
  engine: () => Facade,
  lane: ComputeLane,
  log: (message: string) => void,
): ServerHandlers<Work> {
  const inLane = <R, G>(
    priority: Priority,
    context: ServerContext<G>,
    job: (context: CallContext<G>, turn: Turn) => Promise<R>,
  ): Promise<R> =>
    lane.run(priority, context.signal, (turn) =>
      job(
        {
          signal: context.signal,
          progress: (value) => {
            context.progress(value);
          },
          turn: () => turn.turn(),
        },
        turn,
      ),
    );
  const tested = new Set<string>();
  /** Once for each source, when nothing else is to be done: only a model that fails it should not go unnoticed. */
  const testLater = (source: Source): void => {
    const key = JSON.stringify(source);
    if (tested.has(key)) return;
    tested.add(key);
    setTimeout(() => {
      const context = { signal: new AbortController().signal, progress: () => undefined };
      inLane('background', context, (inner) => engine().selfTest({ source }, inner)).then(
        (test) => {
          if (test?.isEqual === false) log(test.summary);
        },
        (error: unknown) => {
          log(`The self-test of ${source.model} did not run: ${messageOf(error)}`);
        },
      );
    }, selfTestDelayMs).unref();
  };
  return {
    describe: async (params, context) => engine().describe(params, context),
    feature: async (params, context) => engine().feature(params, context),
    featureBriefs: async (params, context) => engine().featureBriefs(params, context),
    tokenTexts: async (params, context) => engine().tokenTexts(params, context),
    variants: async (params, context) => engine().variants(params, context),
    clearAnalysisCache: async (params, context) => engine().clearAnalysisCache(params, context),
    identifySaes: async (params, context) => engine().identifySaes(params, context),
    provenance: async (params, context) => engine().provenance(params, context),
    diagnose: (params, context) =>
      inLane('document', context, (inner) => engine().diagnose(params, inner)),
    checkSae: (params, context) =>
      inLane('background', context, (inner) => engine().checkSae(params, inner)),
    ablationEffect: (params, context) =>
      inLane('interactive', context, (inner) => engine().ablationEffect(params, inner)),
    featureEffects: (params, context) =>
      inLane('interactive', context, (inner) => engine().featureEffects(params, inner)),
    ablationMap: (params, context) =>
      inLane('asked', context, (inner) => engine().ablationMap(params, inner)),
    continuationEffect: (params, context) =>
      inLane('interactive', context, (inner) => engine().continuationEffect(params, inner)),
    // Two whole texts: what somebody types or looks at meanwhile goes first.
    compareTexts: (params, context) =>
      inLane('asked', context, (inner) => engine().compareTexts(params, inner)),
    bosReading: (params, context) =>
      inLane('interactive', context, (inner) => engine().bosReading(params, inner)),
    openThings: async (params, context) => engine().openThings(params, context),
    tokenDetails: (params, context) =>
      inLane('interactive', context, (inner) => engine().tokenDetails(params, inner)),
    similarTokens: (params, context) =>
      inLane('interactive', context, (inner) => engine().similarTokens(params, inner)),
    activeFeatures: (params, context) =>
      inLane('interactive', context, (inner) => engine().activeFeatures(params, inner)),
    sweep: (params, context) => inLane('asked', context, (inner) => engine().sweep(params, inner)),
    direction: (params, context) =>
      inLane('asked', context, (inner) => engine().direction(params, inner)),
    steer: (params, context) =>
      inLane('interactive', context, (inner) => engine().steer(params, inner)),
    analyse: async (params, context) => {
      const summary = await inLane('interactive', context, (inner, turn) =>
        engine().analyse(params, {
          ...inner,
          // The visible range comes first; after it nobody is waiting for this document.
          relax: () => {
            turn.setPriority('document');
          },
        }),
      );
      testLater(params.source);
      return summary;
    },
  };
}

// An engine for the tests of the API: answers what the test says, and remembers what it was asked.
import type {
  CallName,
  CallOptions,
  EngineClient,
} from '../../../../src/host/engine/engineClient.ts';
import type { SaePlace, Source } from '../../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../../src/shared/errors.ts';

export interface Asked {
  readonly name: CallName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly options: CallOptions<unknown>;
}

type Answer = (asked: Asked) => unknown;

export interface ApiPorts {
  readonly asked: readonly Asked[];
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
  readonly shownSae: {
    readonly current: SaePlace;
    readonly meant: (sae: unknown) => Promise<SaePlace>;
  };
  readonly model: { readonly learn: () => Promise<void> };
  readonly warnings: readonly string[];
  readonly log: { readonly warn: (message: string) => void };
}

export const source: Source = { model: '/m', saes: ['/s', '/t'] };

/** Two SAEs are active, the second one is painted. */
export function apiPorts(answers: Readonly<Partial<Record<CallName, Answer>>>): ApiPorts {
  const asked: Asked[] = [];
  const warnings: string[] = [];
  const call = (name: CallName, params: unknown, options = {}): Promise<unknown> => {
    const question = { name, params: params as Asked['params'], options };
    asked.push(question);
    const answer = answers[name];
    return answer === undefined
      ? Promise.reject(new Error(`${name} was not expected`))
      : Promise.resolve(answer(question));
  };
  return {
    asked,
    engine: { call } as unknown as EngineClient,
    source: () => Promise.resolve(source),
    shownSae: {
      current: '/t',
      meant: (sae) =>
        sae === undefined || source.saes.includes(sae as string)
          ? Promise.resolve((sae as string | undefined) ?? '/t')
          : Promise.reject(new MonosemError('badArgument', 'That SAE is not active.')),
    },
    model: { learn: () => Promise.resolve() },
    warnings,
    log: { warn: (message) => warnings.push(message) },
  };
}

export const describeAnswer: Answer = () => ({
  model: { name: 'm' },
  saes: [
    { sae: '/s', name: 's', site: 'x', features: 100 },
    { sae: '/t', name: 't', site: 'y', features: 5000 },
  ],
});

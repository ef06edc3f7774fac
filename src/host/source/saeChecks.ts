// Does every active SAE read the model as it was trained to? Asked of the engine once per model and SAE, one SAE after
// the other, and remembered while the window is open. What a bad answer looks like is not its business. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { ModelChoice, SaePlace, Source } from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import type { SaeCheck } from '../../shared/saeCheck.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Log } from '../engine/engineProcess.ts';

/** What came of the check of one SAE: the verdict, or why there is none. */
export interface SaeOutcome {
  readonly sae: SaePlace;
  readonly check?: SaeCheck;
  readonly failure?: string;
}

export interface SaeCheckPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

interface Asked {
  readonly outcome: Promise<SaeOutcome>;
  settled?: SaeOutcome;
}

export class SaeChecks implements Disposable {
  readonly #ports: SaeCheckPorts;
  readonly #finished = new Emitter<SaeOutcome>();
  readonly #asked = new Map<string, Asked>();
  readonly #abort = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: SaeCheckPorts) {
    this.#ports = ports;
  }

  /** Fires once for every SAE that was checked, or could not be. */
  readonly onDidFinish = this.#finished.event;

  /** `undefined` until the check is over. */
  of(choice: ModelChoice, sae: SaePlace): SaeOutcome | undefined {
    return this.#asked.get(keyOf(choice, sae))?.settled;
  }

  /** Checks the SAEs of a source that have not been checked yet; resolves when all are. */
  async check(source: Source): Promise<readonly SaeOutcome[]> {
    return Promise.all(source.saes.map((sae) => this.#once(source, sae)));
  }

  /** What did not pass is checked again when it is next used: files may have been put right. */
  forgetFailures(): void {
    for (const [key, { settled }] of this.#asked) {
      if (settled !== undefined && settled.check?.passes !== true) this.#asked.delete(key);
    }
  }

  dispose(): void {
    this.#abort.abort();
    this.#finished.dispose();
  }

  #once(source: Source, sae: SaePlace): Promise<SaeOutcome> {
    const key = keyOf(source, sae);
    const known = this.#asked.get(key);
    if (known !== undefined) return known.outcome;
    const outcome = this.#last.then(async () => this.#ask(source, sae));
    const asked: Asked = { outcome };
    this.#last = outcome;
    this.#asked.set(key, asked);
    return outcome.then((settled) => {
      asked.settled = settled;
      this.#finished.fire(settled);
      return settled;
    });
  }

  async #ask(source: Source, sae: SaePlace): Promise<SaeOutcome> {
    const { engine, log } = this.#ports;
    const { signal } = this.#abort;
    try {
      const check = await engine.call('checkSae', { source, sae }, { signal });
      if (check.passes) log.info(`SAE check: ${check.verdict}`);
      else log.warn(`SAE check: ${check.verdict} (${sae})`);
      for (const remark of check.remarks) log.info(`SAE check: ${remark} (${sae})`);
      return { sae, check };
    } catch (error) {
      const failure = messageOf(error);
      if (!MonosemError.is(error, 'cancelled')) log.warn(`${sae} was not checked: ${failure}`);
      return { sae, failure };
    }
  }
}

/** How a model is run makes no difference to what an SAE was trained on; which of its files does. */
function keyOf({ model, variant }: ModelChoice, sae: SaePlace): string {
  return JSON.stringify([model, variant, sae]);
}

// The one active SAE whose features are painted: the first, unless somebody has chosen another. Also the judge of SAEs
// that are named from outside: only active ones are meant. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { SaePlace, Source } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { Memory } from '../memory.ts';

/** Where the choice is remembered over a reload of the window. */
const memoryKey = 'monosem.shownSae';

export interface ShownSaePorts {
  /** The active SAEs as far as they are known, and as they are to be. */
  readonly active: () => readonly SaePlace[];
  readonly source: () => Promise<Source>;
  /** The neurons that the chosen view shows: they are painted then, whatever was chosen. */
  readonly neurons?: () => SaePlace | undefined;
  readonly memory: Memory;
}

export class ShownSae implements Disposable {
  readonly #ports: ShownSaePorts;
  readonly #changed = new Emitter<undefined>();
  #wanted: unknown;

  constructor(ports: ShownSaePorts) {
    this.#ports = ports;
    this.#wanted = ports.memory.get(memoryKey);
  }

  /** Another one was chosen. */
  readonly onDidChange = this.#changed.event;

  /** `undefined` until it is known which SAEs are active. */
  get current(): SaePlace | undefined {
    return this.#among(this.#ports.active());
  }

  /** @throws MonosemError `badArgument` when it is not active */
  async choose(sae: SaePlace): Promise<void> {
    const chosen = await this.meant(sae);
    this.#wanted = chosen;
    this.#changed.fire(undefined);
    await this.#ports.memory.update(memoryKey, chosen);
  }

  /**
   * The SAE that a link, a view or another extension means.
   * @param requested its place; left out, the painted one is meant
   * @throws MonosemError `badArgument` when it is not among the active ones, `noSae` when there is none
   */
  async meant(requested: unknown): Promise<SaePlace> {
    const { saes } = await this.#ports.source();
    const painted = this.#among(saes);
    if (painted !== undefined && (requested === undefined || requested === null)) return painted;
    const found = saes.find((sae) => sae === requested);
    if (found !== undefined) return found;
    const active = saes.join(', ');
    throw new MonosemError(
      'badArgument',
      typeof requested === 'string' && requested !== ''
        ? t(
            '{0} is not among the active sparse autoencoders ({1}); choose it first.',
            requested,
            active,
          )
        : t(
            'What was named is not among the active sparse autoencoders ({0}); name one of them.',
            active,
          ),
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #among(saes: readonly SaePlace[]): SaePlace | undefined {
    const neurons = this.#ports.neurons?.();
    if (neurons !== undefined && saes.includes(neurons)) return neurons;
    return saes.find((sae) => sae === this.#wanted) ?? saes[0];
  }
}

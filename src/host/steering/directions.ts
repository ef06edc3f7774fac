// The directions of a steering session by name, and their numbers: the engine works them out when somebody needs them, and
// they are remembered per model. Runs and sweeps, whose edits name them, share them. Without VS Code.
import type {
  DirectionNumbers,
  DirectionOrigin,
  DirectionParams,
  ModelChoice,
  NamedDirection,
  NamedEdit,
  SteerEdit,
} from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { directionsOf, withNumbers } from '../../shared/namedEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { freeName } from './directionNames.ts';

/** More than a person makes by hand; presets hold as many. */
export const mostDirections = 64;

/** UTF-16 units of each text; a passage of a book is shorter. */
export const longestDirectionText = 100_000;

/** Of all models together. */
const mostRemembered = 4 * mostDirections;

export interface DirectionPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  /** In use. */
  readonly model: () => Promise<ModelChoice>;
}

/** A direction with its numbers. */
export interface WorkedOut extends NamedDirection {
  readonly numbers: DirectionNumbers;
}

interface Known {
  readonly isOfFile: boolean;
  readonly numbers: Promise<DirectionNumbers>;
}

export class Directions {
  readonly #ports: DirectionPorts;
  #named: readonly NamedDirection[] = [];
  /** By model, site and origin, oldest first; what failed is not kept. */
  readonly #known = new Map<string, Known>();

  constructor(ports: DirectionPorts) {
    this.#ports = ports;
  }

  /** In the order in which they were made. */
  get named(): readonly NamedDirection[] {
    return this.#named;
  }

  /** These take the place of all others. @param named names differ, whatever their capitals */
  replace(named: readonly NamedDirection[]): void {
    this.#named = named.slice(0, mostDirections);
    // Texts give the same numbers as ever; a file may have been written since.
    for (const [key, { isOfFile }] of this.#known) if (isOfFile) this.#known.delete(key);
  }

  /**
   * Makes a direction under a free name; one that is there already is worked out anew under its own.
   * @throws MonosemError `badArgument` where there are too many, and what the engine says of texts and files
   */
  async make(site: string, origin: DirectionOrigin): Promise<NamedDirection> {
    expectShort(origin);
    const model = await this.#ports.model();
    const known = (): NamedDirection | undefined =>
      this.#named.find((each) => keyOf(model, each) === keyOf(model, { site, origin }));
    if (known() === undefined && this.#named.length >= mostDirections) throw tooMany();
    this.#known.delete(keyOf(model, { site, origin }));
    await this.#numbers(model, { site, origin });
    const made = known();
    if (made !== undefined) return made;
    const taken = this.#named.map(({ name }) => name);
    const named = { name: freeName(origin, taken), site, origin };
    this.#named = [...this.#named, named];
    return named;
  }

  /** Those that the model in use can have, and in a sentence each why others cannot be had. */
  async workOut(): Promise<{
    readonly had: readonly WorkedOut[];
    readonly failures: readonly string[];
  }> {
    const model = await this.#ports.model();
    const all = await Promise.all(this.#named.map((each) => this.#workOutOne(model, each)));
    return {
      had: all.filter((each) => typeof each !== 'string'),
      failures: all.filter((each) => typeof each === 'string'),
    };
  }

  /**
   * The edits with the numbers of their directions.
   * @param model that is to be steered
   * @throws MonosemError `badEdit` for a direction that is not there, and what the engine says of texts and files
   */
  async resolve(edits: readonly NamedEdit[], model: ModelChoice): Promise<readonly SteerEdit[]> {
    const numbers = new Map<string, Float32Array>();
    for (const each of directionsOf(edits, this.#named))
      numbers.set(each.name, (await this.#numbers(model, each)).direction);
    return edits.map((edit) => withNumbers(edit, numbers));
  }

  async #workOutOne(model: ModelChoice, named: NamedDirection): Promise<WorkedOut | string> {
    try {
      return { ...named, numbers: await this.#numbers(model, named) };
    } catch (error) {
      return t('The direction "{0}" cannot be had: {1}', named.name, messageOf(error));
    }
  }

  /** Asked for once, by however many at a time. */
  #numbers(
    model: ModelChoice,
    { site, origin }: Omit<NamedDirection, 'name'>,
  ): Promise<DirectionNumbers> {
    const key = keyOf(model, { site, origin });
    const known = this.#known.get(key) ?? this.#ask(key, { model: choiceOf(model), site, origin });
    // What was used last is forgotten last.
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostRemembered) break;
      this.#known.delete(oldest);
    }
    return known.numbers;
  }

  #ask(key: string, params: DirectionParams): Known {
    const numbers = this.#ports.engine.call('direction', params);
    const asked = { isOfFile: 'file' in params.origin, numbers };
    numbers.catch(() => {
      if (this.#known.get(key) === asked) this.#known.delete(key);
    });
    return asked;
  }
}

/** Without the SAEs that a source has beside it: numbers do not depend on them. */
function choiceOf({ model, variant, provider, deviceId }: ModelChoice): ModelChoice {
  return {
    model,
    ...(variant !== undefined && { variant }),
    ...(provider !== undefined && { provider }),
    ...(deviceId !== undefined && { deviceId }),
  };
}

function keyOf(model: ModelChoice, { site, origin }: Omit<NamedDirection, 'name'>): string {
  const from =
    'file' in origin ? [origin.file, origin.tensor] : [origin.more, origin.less, 'texts'];
  return JSON.stringify([model.model, model.variant, model.provider, model.deviceId, site, from]);
}

function expectShort(origin: DirectionOrigin): void {
  if ('file' in origin) return;
  if (Math.max(origin.more.length, origin.less.length) <= longestDirectionText) return;
  throw new MonosemError(
    'badArgument',
    t('A text to make a direction of is longer than {0} characters; take a part of it.', longestDirectionText), // prettier-ignore
  );
}

function tooMany(): MonosemError {
  return new MonosemError(
    'badArgument',
    t(
      'There are {0} directions, as many as there can be; close the steering panel to begin anew.',
      mostDirections,
    ),
  );
}

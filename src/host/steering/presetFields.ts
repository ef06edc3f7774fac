// Fields of a file that may come from anybody, checked one by one. A wrong one is refused with a sentence that names file
// and field; what nobody knows is collected, for the reader to say that it was left out. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

type Values = Readonly<Record<string, unknown>>;

export class Fields {
  readonly #values: Values;
  /** The file, for sentences. */
  readonly #file: string;
  /** Where in the file, with a dot behind it; empty at the top. */
  readonly #at: string;
  readonly #known = new Set<string>();

  constructor(values: Values, file: string, at = '') {
    this.#values = values;
    this.#file = file;
    this.#at = at;
  }

  /** @throws MonosemError `fileDamaged` for what is no object */
  static of(value: unknown, file: string, at = ''): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return new Fields(value as Values, file, at === '' ? '' : `${at}.`);
    throw wrongField(file, at === '' ? t('its content') : at, t('an object'));
  }

  /** Names of the fields that nobody has asked for. */
  get unknown(): readonly string[] {
    return Object.keys(this.#values)
      .filter((name) => !this.#known.has(name))
      .map((name) => `${this.#at}${name}`);
  }

  text(name: string, longest: number): string | undefined {
    const value = this.#take(name);
    if (value === undefined || (typeof value === 'string' && value.length <= longest)) return value;
    throw this.#wrong(name, t('a text of at most {0} characters', longest));
  }

  number(name: string, { min, max, whole = false }: NumberRange): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const isRight = typeof value === 'number' && value >= min && value <= max;
    if (isRight && (!whole || Number.isInteger(value))) return value;
    const kind = whole ? t('a whole number from {0} to {1}', min, max) : t('a number from {0} to {1}', min, max); // prettier-ignore
    throw this.#wrong(name, kind);
  }

  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(name, t('true or false'));
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const value = this.#take(name);
    const found = allowed.find((each) => each === value);
    if (value === undefined || found !== undefined) return found;
    throw this.#wrong(name, t('one of {0}', allowed.join(', ')));
  }

  /** Empty where it is missing. */
  object(name: string): unknown {
    return this.#take(name) ?? {};
  }

  list(name: string, most: number): readonly unknown[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.length <= most) return value;
    throw this.#wrong(name, t('a list of at most {0} entries', most));
  }

  texts(name: string, most: number, longest: number): readonly string[] {
    const list = this.list(name, most);
    const texts = list.filter((each) => typeof each === 'string' && each.length <= longest);
    if (texts.length === list.length) return texts as readonly string[];
    throw this.#wrong(name, t('a list of texts of at most {0} characters', longest));
  }

  /** @throws MonosemError `fileDamaged` where it is missing */
  required<Value>(name: string, value: Value | undefined, kind: string): Value {
    if (value !== undefined) return value;
    throw this.#wrong(name, kind);
  }

  #take(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, kind: string): MonosemError {
    return wrongField(this.#file, `${this.#at}${name}`, kind);
  }
}

function wrongField(file: string, field: string, kind: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    t(
      '{0} cannot be read: {1} has to be {2}; correct the file or save it anew.',
      file,
      field,
      kind,
    ),
  );
}

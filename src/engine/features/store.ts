// The feature store: one SQLite file per model, site and SAE, written once from a corpus and opened read-only ever
// after, also from a folder nobody may write to. The only door to node:sqlite. What users add (labels, notes) does
// not belong here but in a database of their own, so that a bundled store can be replaced.
//   meta      key → JSON value: see StoreFacts
//   document  id, text, token_ends                          (binary columns: blob.ts)
//   feature   id, count, sum, sum_squares, max, histogram, peak_tokens (JSON), examples; only features that fired
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { exists } from '../files/files.ts';
import { decodeCounts, decodeEnds, decodeExamples, type StoredExample } from './blob.ts';

/** Raised whenever the meaning of a table or column changes. */
const storeFormat = 1;

/** "MsFs" in ASCII: tells feature stores from other SQLite files. */
const applicationId = 0x4d734673;

/** Tables are read by key; large pages waste less on rows of half a kilobyte to a few. */
const pageBytes = 16384;

const sqliteFull = 13;

/** What a store was made from. */
export interface StoreFacts {
  /** SHA-256 of the model's .onnx file, lower-case hexadecimal. */
  readonly modelSha256: string;
  /** SHA-256 of the SAE's weights. */
  readonly saeSha256: string;
  /** TransformerLens name. */
  readonly site: string;
  /** F */
  readonly features: number;
  /** For people, e.g. `500 sampled stories`. */
  readonly corpus: string;
  readonly documents: number;
  /** Tokens counted, BOS not included. */
  readonly tokens: number;
}

export interface FeatureRow {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly max: number;
  readonly peakTokens: readonly string[];
}

export interface FeatureDetails extends FeatureRow {
  /** Equal-width bins from 0 to `max`. */
  readonly histogram: Uint32Array;
  /** Strongest first. */
  readonly examples: readonly StoredExample[];
}

export interface StoredDocument {
  readonly text: string;
  /** [T] end of each token, UTF-16; a token begins where the one before it ends. */
  readonly ends: Uint32Array;
}

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE document (id INTEGER PRIMARY KEY, text TEXT NOT NULL, token_ends BLOB NOT NULL);
  CREATE TABLE feature (
    id INTEGER PRIMARY KEY, count INTEGER NOT NULL, sum REAL NOT NULL, sum_squares REAL NOT NULL,
    max REAL NOT NULL, peak_tokens TEXT NOT NULL, histogram BLOB NOT NULL, examples BLOB NOT NULL
  );`;

function damaged(file: string, cause: unknown): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `The feature store ${file} is damaged (${messageOf(cause)}); delete it and build it again.`,
    { cause },
  );
}

/** An open store. Every read throws `fileDamaged` when the file does not hold what it should. */
export class FeatureStore {
  readonly file: string;
  readonly facts: StoreFacts;
  readonly #database: DatabaseSync;
  readonly #brief: StatementSync;
  readonly #details: StatementSync;
  readonly #document: StatementSync;

  private constructor(file: string, database: DatabaseSync) {
    this.file = file;
    this.#database = database;
    const brief = 'count, sum, sum_squares, max, peak_tokens';
    this.#brief = database.prepare(`SELECT ${brief} FROM feature WHERE id = ?`);
    this.#details = database.prepare(
      `SELECT ${brief}, histogram, examples FROM feature WHERE id = ?`,
    );
    this.#document = database.prepare('SELECT text, token_ends FROM document WHERE id = ?');
    const entries = database.prepare('SELECT key, value FROM meta').all();
    this.facts = Object.fromEntries(
      entries.map(({ key, value }) => [String(key), JSON.parse(String(value)) as unknown]),
    ) as unknown as StoreFacts;
  }

  /** @throws MonosemError `noFeatureStore`, `fileDamaged` */
  static async open(file: string): Promise<FeatureStore> {
    if (!(await exists(file))) {
      throw new MonosemError(
        'noFeatureStore',
        `There is no feature store ${file}; build it from a corpus with "monosem index CORPUS" to see examples and densities.`,
      );
    }
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(file, { readOnly: true });
      expectFormat(file, database);
      return new FeatureStore(file, database);
    } catch (error) {
      database?.close();
      throw MonosemError.is(error) ? error : damaged(file, error);
    }
  }

  /** `undefined` for a feature that never fired. */
  brief(feature: number): FeatureRow | undefined {
    return this.#read(() => {
      const row = this.#brief.get(feature);
      return row === undefined ? undefined : asFeatureRow(row);
    });
  }

  /** `undefined` for a feature that never fired. */
  details(feature: number, exampleLimit: number): FeatureDetails | undefined {
    return this.#read(() => {
      const row = this.#details.get(feature);
      if (row === undefined) return undefined;
      return {
        ...asFeatureRow(row),
        histogram: decodeCounts(row['histogram'] as Uint8Array),
        examples: decodeExamples(row['examples'] as Uint8Array, exampleLimit),
      };
    });
  }

  document(id: number): StoredDocument {
    return this.#read(() => {
      const row = this.#document.get(id);
      if (row === undefined) throw new RangeError(`document ${id} is missing`);
      return { text: String(row['text']), ends: decodeEnds(row['token_ends'] as Uint8Array) };
    });
  }

  close(): void {
    this.#database.close();
  }

  #read<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw damaged(this.file, error);
    }
  }
}

function asFeatureRow(row: Record<string, unknown>): FeatureRow {
  return {
    count: Number(row['count']),
    sum: Number(row['sum']),
    sumOfSquares: Number(row['sum_squares']),
    max: Number(row['max']),
    peakTokens: JSON.parse(String(row['peak_tokens'])) as string[],
  };
}

function expectFormat(file: string, database: DatabaseSync): void {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];
  if (pragma('application_id') !== applicationId) {
    throw new MonosemError(
      'fileDamaged',
      `${file} is not a feature store; delete it or choose another file.`,
    );
  }
  const format = Number(pragma('user_version'));
  if (format !== storeFormat) {
    throw new MonosemError(
      'fileDamaged',
      `The feature store ${file} has format ${format}, this version of Monosem reads format ${storeFormat}; build the store again${format > storeFormat ? ' or update Monosem' : ''}.`,
    );
  }
}

/**
 * Fills a new store. The file is a temporary one until it is complete, so it needs neither journal nor locks: when
 * anything fails it is thrown away.
 */
export class FeatureStoreWriter {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #insertDocument: StatementSync;
  readonly #insertFeature: StatementSync;

  /** @param file must not exist */
  constructor(file: string) {
    this.#file = file;
    this.#database = this.#write(() => {
      const database = new DatabaseSync(file);
      database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF; PRAGMA application_id = ${applicationId};
        PRAGMA user_version = ${storeFormat}; BEGIN; ${schema}`);
      return database;
    });
    this.#insertDocument = this.#database.prepare('INSERT INTO document VALUES (?, ?, ?)');
    this.#insertFeature = this.#database.prepare(
      'INSERT INTO feature VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** @param tokenEnds as `encodeEnds` makes them */
  addDocument(id: number, text: string, tokenEnds: Uint8Array): void {
    this.#run(this.#insertDocument, id, text, tokenEnds);
  }

  /** @param columns histogram and examples as blob.ts encodes them */
  addFeature(
    id: number,
    row: FeatureRow,
    columns: { readonly histogram: Uint8Array; readonly examples: Uint8Array },
  ): void {
    const { count, sum, sumOfSquares, max } = row;
    const peaks = JSON.stringify(row.peakTokens);
    const { histogram, examples } = columns;
    this.#run(this.#insertFeature, id, count, sum, sumOfSquares, max, peaks, histogram, examples);
  }

  finish(facts: StoreFacts): void {
    const insert = this.#database.prepare('INSERT INTO meta VALUES (?, ?)');
    for (const [key, value] of Object.entries(facts)) this.#run(insert, key, JSON.stringify(value));
    this.#write(() => {
      this.#database.exec('COMMIT');
    });
  }

  /** Call it also after a failure. */
  close(): void {
    this.#database.close();
  }

  #run(statement: StatementSync, ...values: readonly SQLInputValue[]): void {
    this.#write(() => statement.run(...values));
  }

  #write<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (error) {
      const isFull = error instanceof Error && 'errcode' in error && error.errcode === sqliteFull;
      throw isFull
        ? new MonosemError(
            'diskFull',
            `The feature store could not be written to ${this.#file}: the disk is full; free some space and try again.`,
          )
        : new MonosemError(
            'fileUnreadable',
            `The feature store could not be written to ${this.#file} (${messageOf(error)}); check the folder and try again.`,
            { cause: error },
          );
    }
  }
}

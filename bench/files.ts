// Reading whole files: what an edit costs at the end, in the middle and at the start of a file, how soon what is seen
// has colours when the file is opened, and what opening it again costs, each against the full analysis of that file.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Engine } from '../src/engine/engine.ts';
import type { Source } from '../src/shared/engineProtocol.ts';
import { OpenFile } from './openFile.ts';
import type { Effort } from './options.ts';
import type { BenchResult, ResultName } from './result.ts';
import { compare, type Pairs } from './statistics.ts';
import { embeddedSource, embeddedTokenizer, stories } from './subjects.ts';
import { firstTokens } from './text.ts';

/** Characters typed one by one at each place. */
const typed = 'quickly';

const places = { fileEnd: 1, fileMiddle: 0.5, fileStart: 0 } as const;

/** What is divided by the full analysis. */
const compared = {
  fileVisible: 'first colours of what is seen, in the middle of the file',
  fileEnd: 'a character typed at the end',
  fileMiddle: 'a character typed in the middle',
  fileStart: 'a character typed at the start',
  fileAgainVisible: 'first colours of what is seen, file opened again by another engine',
  fileAgain: 'file opened again by another engine',
} as const satisfies Partial<Record<ResultName, string>>;
type Compared = keyof typeof compared;

/** From this size on the first colours have an aim, in tokens: a smaller file has few windows to choose among. */
const smallestForAim = 10_000;

interface Measured {
  readonly name: Compared;
  readonly ms: number;
  /** The full analysis of the same round. */
  readonly full: number;
}

export async function benchFiles({ files }: Effort): Promise<readonly BenchResult[]> {
  const source = embeddedSource();
  const tokenizer = await embeddedTokenizer();
  const results: BenchResult[] = [];
  for (const { tokens, rounds } of files) {
    const text = await firstTokens(tokenizer, stories(), tokens);
    const measured: Measured[] = [];
    for (let round = 0; round < rounds; round++) measured.push(...(await oneRound(source, text)));
    results.push(...resultsOf(measured, tokens));
  }
  return results;
}

/** Opens the file in a fresh engine, edits it, and opens it again in another one. */
async function oneRound(source: Source, text: string): Promise<Measured[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-files-'));
  const measured: Measured[] = [];
  try {
    const engine = await openEngine(source, folder);
    const file = new OpenFile({ engine, source, name: 'file', text });
    const { first, all: full } = await file.analyse();
    measured.push({ name: 'fileVisible', ms: first, full });
    for (const name of ['fileEnd', 'fileMiddle', 'fileStart'] as const) {
      file.goTo(places[name]);
      for (const character of typed) {
        file.type(character);
        measured.push({ name, ms: (await file.analyse()).all, full });
      }
    }
    await engine.dispose();
    const another = await openEngine(source, folder);
    const again = await new OpenFile({ engine: another, source, name: 'file', text }).analyse();
    await another.dispose();
    measured.push({ name: 'fileAgainVisible', ms: again.first, full });
    measured.push({ name: 'fileAgain', ms: again.all, full });
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An engine whose model is open and has run. */
async function openEngine(source: Source, folder: string): Promise<Engine> {
  const engine = Engine.create({ folder, megabytes: 256 });
  const text = 'The model is open, and what runs for the first time has run. '.repeat(60);
  await new OpenFile({ engine, source, name: 'warm-up', text }).analyse();
  return engine;
}

function resultsOf(measured: readonly Measured[], tokens: number): BenchResult[] {
  const model = `${tokens.toLocaleString('en')} tokens`;
  const names = Object.keys(compared) as Compared[];
  return names.map((name) => {
    const all = measured.filter((each) => each.name === name);
    const pairs: Pairs = {
      monosem: all.map(({ ms }) => ms),
      reference: all.map(({ full }) => full),
    };
    const sides = { monosem: compared[name], reference: 'full analysis' };
    const { aim, ...result } = compare({ name, model, unit: 'ms', ...sides }, pairs);
    const hasAim = aim !== undefined && (name !== 'fileVisible' || tokens >= smallestForAim);
    return hasAim ? { ...result, aim } : result;
  });
}

// Typing while an analysis runs: however keystrokes, pauses and answers fall together, known tokens stand on their text
// meanwhile, and in the end they are those of a fresh analysis. The clock is made, the engine is real.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { DocumentAnalysis, typingPauseMs } from '../../../src/host/documents/documentAnalysis.ts';
import type { Token, TokenReading } from '../../../src/host/documents/tokenTable.ts';
import type { AnalyseParams, Source } from '../../../src/shared/engineProtocol.ts';
import { word, writeBundle } from '../../fixtures/bundle.ts';
import { tinyLlama } from '../../fixtures/decoders.ts';

/** 200 of them, at 30 per second. */
const typed = Array.from({ length: 70 }, (_, i) => `w${(i * 7) % 41} `)
  .join('')
  .slice(0, 200);
const keystrokeMs = 1000 / 30;

let folder: string;
let source: Source;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-typing-'));
  const decoder = { kind: 'llama', seed: 51 } as const;
  ({ source } = await writeBundle(folder, {
    decoder,
    sae: { architecture: 'jumprelu' },
    seed: 52,
  }));
  engine = Engine.create();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A file that is typed into. */
class Typed {
  text: string;
  readonly asked: AnalyseParams[] = [];
  readonly analysis: DocumentAnalysis;

  constructor(key: string, text: string) {
    this.text = text;
    this.analysis = new DocumentAnalysis({
      key,
      text: () => this.text,
      visible: () => [],
      source: () => Promise.resolve(source),
      question: () => ({ topK: 4, maxFileKB: 256, predictions: 0, followed: [] }),
      analyse: (params, { signal, onProgress }) => {
        this.asked.push(params);
        return engine.analyse(params, { signal, progress: onProgress, turn: () => turn() });
      },
    });
  }

  insert(offset: number, text: string): void {
    this.text = this.text.slice(0, offset) + text + this.text.slice(offset);
    this.analysis.edited([{ offset, removed: 0, inserted: text.length }]);
  }

  /** The tokens of the present text, once it has been dealt with. */
  async tokens(): Promise<readonly Token[]> {
    vi.advanceTimersByTime(typingPauseMs);
    const state = await this.analysis.whenIdle();
    expect(state.kind).toBe('ready');
    return this.analysis.tokens.all();
  }
}

async function freshTokens(key: string, text: string): Promise<readonly Token[]> {
  const fresh = new Typed(key, text);
  fresh.analysis.start();
  const tokens = await fresh.tokens();
  fresh.analysis.dispose();
  return tokens;
}

const unknownWord = word(tinyLlama.vocabulary - 1);

/** Tokens that a change has not touched are still in front of their own words. */
function expectInPlace({ analysis, text }: Typed): void {
  for (const { id, start, end } of analysis.tokens.all()) {
    if (word(id) !== unknownWord) expect(text.slice(start, end).trim()).toBe(word(id));
  }
}

const place = ({ index, id, start, end }: Token): unknown => [index, id, start, end];
/** A window that went on from another is cut into other runs of the model: float32 through other kernels. */
const tolerance = 1e-5;

function expectSame(a: readonly Token[], b: readonly Token[]): void {
  expect(a.map(place)).toEqual(b.map(place));
  for (const [t, token] of a.entries()) expectSameReading(token.readings[0], b[t]?.readings[0]);
}

function expectSameReading(ours: TokenReading | undefined, theirs: TokenReading | undefined): void {
  expect(ours?.activations.length).toBe(theirs?.activations.length);
  const activations = ours?.activations ?? new Float32Array(0);
  for (const [slot, activation] of activations.entries()) {
    expect(Math.abs(activation - (theirs?.activations[slot] ?? NaN))).toBeLessThan(tolerance);
  }
  for (const slot of clearSlots(activations)) {
    expect(theirs?.features[slot]).toBe(ours?.features[slot]);
  }
}

/** Slots whose features others come nowhere near, so that they cannot change places; what follows the last is unknown. */
function clearSlots(activations: ArrayLike<number>): readonly number[] {
  return Array.from(activations, (own, slot) => {
    const [above = Infinity, below = own] = [activations[slot - 1], activations[slot + 1]];
    return above - own > 2 * tolerance && own - below > 2 * tolerance ? slot : -1;
  }).filter((slot) => slot >= 0);
}

const start = Array.from({ length: 90 }, (_, i) => word(2 + ((i * 11) % 50))).join(' ');

test('200 characters at 30 per second ask once, and give the tokens of a fresh analysis', async () => {
  const file = new Typed('typed', start);
  file.analysis.start();
  await file.tokens();
  const caret = start.indexOf(' ', start.length >> 1) + 1;
  for (const [n, character] of Array.from(typed).entries()) {
    file.insert(caret + n, character);
    expectInPlace(file);
    vi.advanceTimersByTime(keystrokeMs);
    await turn();
  }
  const tokens = await file.tokens();
  expect(file.asked).toHaveLength(2);
  expect(file.text).toBe(start.slice(0, caret) + typed + start.slice(caret));
  expectSame(tokens, await freshTokens('fresh', file.text));
});

test('with pauses anywhere, and answers that come between keystrokes or never', async () => {
  const keystroke = fc.record({
    // Two in three are fast; the others are long enough to ask.
    pauses: fc.constantFrom(false, false, true),
    turns: fc.nat(12),
  });
  const rhythm = fc.array(keystroke, { minLength: 40, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(rhythm, fc.nat(start.length), fc.nat(), async (keystrokes, at, run) => {
      const file = new Typed(`rhythm ${run}`, start);
      file.analysis.start();
      for (const [n, { pauses, turns }] of keystrokes.entries()) {
        file.insert(at + n, typed.charAt(n));
        expectInPlace(file);
        vi.advanceTimersByTime(pauses ? typingPauseMs : keystrokeMs);
        for (let i = 0; i < turns; i++) await turn();
        expectInPlace(file);
      }
      expectSame(await file.tokens(), await freshTokens(`fresh ${run}`, file.text));
      file.analysis.dispose();
    }),
    { numRuns: 20, seed: 6 },
  );
});

// What one measurement says. The report turns it into a table for people or JSON for machines.

/** One side of a comparison: the median over its runs. */
export interface Side {
  /** What was measured, in a few words. */
  readonly what: string;
  readonly median: number;
}

export interface BenchResult {
  readonly name: ResultName;
  /** The model or the SAE it was measured on; absent for activation. */
  readonly model?: string;
  /** Of both sides. */
  readonly unit: 'ms' | 'MB';
  readonly monosem: Side;
  /** Plain onnxruntime, or the full analysis; absent for activation. */
  readonly reference?: Side;
  /** monosem ÷ reference; without a reference the median of monosem itself. */
  readonly value: number;
  /** The value should not be above this, where that was said beforehand. */
  readonly aim?: number;
  /** Quartiles of the value over pairs of neighbouring runs. */
  readonly spread: readonly [number, number];
  /** Pairs of runs. */
  readonly rounds: number;
}

/** Names for `--only`. */
export const benchNames = [
  'analysis',
  'decode',
  'sweep',
  'slider',
  'edit',
  'memory',
  'memoryWithSteering',
  'encode',
  'open',
  'openSae',
  'files',
  'typing',
  'painting',
  'activation',
] as const;
export type BenchName = (typeof benchNames)[number];

/** Time and memory of the same openings. */
type OpeningResult = 'openMemory' | 'openSaeMemory';

/** Of `files`. */
type FileResult =
  | 'fileVisible'
  | 'fileEnd'
  | 'fileMiddle'
  | 'fileStart'
  | 'fileAgainVisible'
  | 'fileAgain'
  | 'largeOpened'
  | 'largeEdited'
  | 'largeScrolled'
  | 'tableEdit'
  | 'tableShown'
  | 'tableAnswer'
  | 'textSent';

/** Of `typing` and `painting`. */
type EditorResult = 'keystroke' | 'keystroke95' | 'pause' | 'paintOwn' | 'paintSent' | 'paintShown';

/** Some benchmarks measure several things. */
export type ResultName =
  | Exclude<BenchName, 'files' | 'typing' | 'painting'>
  | OpeningResult
  | FileResult
  | EditorResult
  | 'sliderAll';

/** What each measurement should stay below: ratios, and milliseconds where nothing is compared. */
export const aims: Readonly<Partial<Record<ResultName, number>>> = {
  analysis: 1.25,
  decode: 1.3,
  sweep: 0.25,
  slider: 0.15,
  edit: 0.05,
  memory: 1.15,
  memoryWithSteering: 1.15,
  encode: 1.2,
  open: 1.15,
  openMemory: 1.1,
  openSae: 1.15,
  openSaeMemory: 1.1,
  fileEnd: 0.02,
  fileVisible: 0.1,
  keystroke: 4,
  keystroke95: 4,
  activation: 50,
};
